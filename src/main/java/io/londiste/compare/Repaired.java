package io.londiste.compare;

import java.nio.file.Path;

/**
 * What became of a table's repair.
 *
 * @param comparison how the table was found
 * @param statements how many statements make it equal
 * @param file the file with these statements; null if there are none
 * @param applied whether they were run
 */
public record Repaired(Comparison comparison, long statements, Path file, boolean applied) {}
