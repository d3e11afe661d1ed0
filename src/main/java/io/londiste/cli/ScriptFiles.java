package io.londiste.cli;

import io.londiste.error.LondisteException;
import io.londiste.script.RecordedScript;
import io.londiste.script.Script;
import io.londiste.table.Selection;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** The files of scripts. */
final class ScriptFiles {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private ScriptFiles() {}

    /**
     * Reads scripts, which have the names of their files.
     *
     * @param only written names of tables; null: none
     */
    static List<Script> read(List<Path> files, String only) {
        var tables =
                Selection.split(only).stream().map(Selection::name).distinct().toList();
        var scripts = files.stream()
                .map(file -> new Script(file.getFileName().toString(), text(file), tables))
                .toList();
        var names = new HashSet<String>();
        scripts.forEach(script -> {
            if (!names.add(script.name())) {
                throw new LondisteException("two files have the name " + script.name()
                        + ", by which scripts are known; nothing was changed");
            }
        });
        return scripts;
    }

    private static String text(Path file) {
        try {
            var text = Files.readString(file);
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new LondisteException(file + " is not encoded in UTF-8; nothing was changed", e);
        } catch (IOException e) {
            throw new LondisteException(
                    "cannot read " + file + " (" + e.getClass().getSimpleName() + "); nothing was changed", e);
        }
    }

    static String line(RecordedScript script) {
        return "%s   %-10s   %s".formatted(script.recorded(), script.outcome(), Listing.line(script.name()));
    }

    /** Where and when scripts were executed, one line for each of them that was. */
    static List<String> places(List<Script> scripts, String side, List<RecordedScript> recorded) {
        var names = scripts.stream().map(Script::name).collect(Collectors.toSet());
        return recorded.stream()
                .filter(script -> names.contains(script.name()))
                .map(script -> script.name() + ": " + script.outcome() + " on the " + side + " at " + script.recorded())
                .toList();
    }
}
