package io.londiste.cli;

import picocli.CommandLine.Option;

/** The switch of commands that list something. */
final class JsonOption {
    @Option(names = "--json", description = "Print JSON, an array of objects.")
    boolean json;
}
