package io.londiste.cli;

import io.londiste.error.LondisteException;
import io.londiste.subscriber.Declaration;
import io.londiste.table.Selection;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The switches that declare what tables are replicated as. */
final class DeclarationOptions {
    @Option(
            names = "--dest-table",
            paramLabel = "NAME",
            description =
                    "The table on the subscriber, if it has another name; from then on, all commands call it by this name. For one table at a time.")
    String destination;

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description = {
                "Only rows for which this SQL condition over the provider's columns is true. A row that begins to satisfy it is inserted, one"
                        + " that no longer satisfies it is deleted."
            })
    String where;

    @Option(
            names = "--columns",
            paramLabel = "COLUMNS",
            description = "Only these columns, separated by commas; those of the primary key must be among them.")
    String columns;

    @Option(
            names = "--set",
            paramLabel = "COLUMN=EXPRESSION",
            description =
                    "An SQL expression over the provider's columns in place of a column's own value, for example to mask it. May be repeated.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--ops",
            paramLabel = "OPERATIONS",
            description =
                    "Only changes by these operations, separated by commas: insert, update, delete, truncate. The copy copies all rows; rows that"
                            + " differ because of the other operations are no differences for compare and repair.")
    String operations;

    @Option(
            names = "--shard",
            paramLabel = "COLUMNS:N/M",
            description =
                    "Only shard N of M, which are numbered from 0: rows of which a hash of these columns, separated by commas, modulo M is N. A row"
                            + " whose columns change may move from one shard to another.")
    String shard;

    @Option(
            names = "--apply-fn",
            paramLabel = "FUNCTION",
            description =
                    "Hand each change to this function of the subscriber instead of writing it: f(operation text, table_name text, key jsonb, row"
                            + " jsonb). The copy hands over all rows as inserts. There is nothing to compare or repair then.")
    String function;

    @Option(
            names = "--partition-by",
            paramLabel = "COLUMN:PERIOD",
            description =
                    "On the subscriber the table is partitioned by ranges of this column, a date or a timestamp: hourly, daily, weekly, monthly or"
                            + " yearly, in UTC. A partition is made when its first row comes. --create makes the table.")
    String partitionBy;

    @Option(
            names = "--retention",
            paramLabel = "INTERVAL",
            description =
                    "With --partition-by: drop partitions whose rows are all older than this, for example '90 days'. Older rows are not replicated,"
                            + " and are no differences for compare and repair.")
    String retention;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    Declaration declaration() {
        if (columns != null && Selection.split(columns).isEmpty()) {
            throw Root.usageError(command, "--columns names no column");
        }
        if (operations != null && Selection.split(operations).isEmpty()) {
            throw Root.usageError(command, "--ops names no operation");
        }
        try {
            return Declaration.of(
                    destination, where, columns, set, operations, shard, function, partitionBy, retention);
        } catch (LondisteException e) {
            throw Root.usageError(command, e.getMessage());
        }
    }
}
