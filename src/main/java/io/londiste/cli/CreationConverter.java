package io.londiste.cli;

import io.londiste.definition.Creation;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --create[=full]}. */
final class CreationConverter implements ITypeConverter<Creation>, IParameterPreprocessor {
    @Override
    public Creation convert(String value) {
        return switch (value) {
            case "plain" -> Creation.PLAIN;
            case "full" -> Creation.FULL;
            default -> throw new TypeConversionException("'" + value + "' is neither plain nor full");
        };
    }

    /** A word that follows after a blank is a table. */
    @Override
    public boolean preprocess(
            Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> information) {
        if (" ".equals(information.get("separator"))) {
            words.push("plain");
        }
        return false;
    }
}
