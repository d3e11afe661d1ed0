package io.londiste.definition;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.definition.TableDefinition.Column;
import io.londiste.definition.TableDefinition.Constraint;
import io.londiste.definition.TableDefinition.Index;
import io.londiste.definition.TableDefinition.Part;
import io.londiste.definition.TableDefinition.Sequence;
import io.londiste.table.Mapping;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates one table of the provider on the subscriber, as what it is replicated as.
 *
 * <p>What the table is not replicated with, is not created: other columns than those of the mapping, and what uses them. A
 * column that has values of its own here is no generated column: one that is replaced by an expression, or is generated from
 * columns that are not replicated. A constraint is left out if rows that are replicated may violate it.
 */
final class TableCreation {
    private static final Logger LOG = LoggerFactory.getLogger(TableCreation.class);

    /** A primary key up to the last of its columns, whose names may be in double quotes. */
    private static final Pattern KEY = Pattern.compile("^(PRIMARY KEY \\((?:\"(?:[^\"]|\"\")*\"|[^\")])*)\\)");

    private static final int VIRTUAL_COLUMNS_SINCE = 18;

    private final Statements statements;
    private final Creation creation;
    private final TableDefinition definition;
    private final TableName table;
    private final Mapping mapping;
    private final boolean virtual;

    /**
     * @param table the subscriber's table
     * @param mapping what it is replicated as
     */
    TableCreation(
            Connection transaction,
            Database subscriber,
            Creation creation,
            TableDefinition definition,
            TableName table,
            Mapping mapping)
            throws SQLException {
        this.statements = new Statements(transaction, subscriber);
        this.creation = creation;
        this.definition = definition;
        this.table = table;
        this.mapping = mapping;
        this.virtual = transaction.getMetaData().getDatabaseMajorVersion() >= VIRTUAL_COLUMNS_SINCE;
    }

    /** Creates the table with all but its foreign keys. */
    void create() throws SQLException {
        var columns = definition.columns().stream()
                .filter(column -> mapping.has(column.name()))
                .toList();
        statements.requireTypes(
                table, columns.stream().map(Column::type).distinct().toList());
        statements.schema(table.schema());
        for (var sequence : definition.sequences()) {
            create(sequence);
        }
        statements.run(
                "table " + table,
                "create table " + table.quoted()
                        + columns.stream().map(this::written).collect(Collectors.joining(", ", " (", ")"))
                        + partitionBy(
                                partitioned()
                                        ? "range (" + TableName.quote(partitionColumn()) + ")"
                                        : definition.partitionKey()));
        if (!partitioned()) {
            for (var part : definition.partitions()) {
                create(part);
            }
        }
        for (var column : columns) {
            setDefault(column);
        }
        for (var constraint : definition.constraints()) {
            if (!constraint.isForeignKey() && isReplicated(constraint)) {
                create(constraint, local(constraint));
            }
        }
        for (var index : definition.indexes()) {
            create(index);
        }
        statements.comment("table " + table.quoted(), definition.comment());
        if (creation == Creation.FULL) {
            for (var column : columns) {
                statements.comment("column " + table.quoted() + "." + TableName.quote(column.name()), column.comment());
            }
        }
    }

    /** Whether it gets partitions of its own, which are made when rows need them, instead of the provider's. */
    private boolean partitioned() {
        return mapping.partitioning() != null;
    }

    private String partitionColumn() {
        return mapping.partitioning().column();
    }

    /** The primary key of a partitioned table has to contain the column by which it is partitioned. */
    private String local(Constraint constraint) {
        return constraint.kind() == 'p'
                        && partitioned()
                        && !constraint.columns().contains(partitionColumn())
                ? KEY.matcher(constraint.definition())
                        .replaceFirst("$1" + Matcher.quoteReplacement(", " + TableName.quote(partitionColumn()) + ")"))
                : constraint.definition();
    }

    private String written(Column column) {
        return TableName.quote(column.name()) + " " + column.type()
                + (column.collation() == null ? "" : " collate " + column.collation())
                + (isGenerated(column)
                        ? " generated always as (" + column.expression() + ") "
                                + (column.generated().equals("v") && virtual ? "virtual" : "stored")
                        : "")
                + switch (column.identity()) {
                    case "a" -> " generated always as identity (" + column.sequence() + ")";
                    case "d" -> " generated by default as identity (" + column.sequence() + ")";
                    default -> "";
                }
                // what replaces a column may be null
                + (column.notNull() && !mapping.set().containsKey(column.name()) ? " not null" : "");
    }

    private boolean isGenerated(Column column) {
        return column.isGenerated()
                && !mapping.set().containsKey(column.name())
                && column.uses().stream().allMatch(mapping::has);
    }

    /** The partition's name; it is in the schema of the table if that has another name here. */
    private TableName local(TableName member) {
        if (member.equals(definition.name())) {
            return table;
        }
        return table.equals(definition.name()) ? member : new TableName(table.schema(), member.name());
    }

    private static String partitionBy(String key) {
        return key == null ? "" : " partition by " + key;
    }

    private void create(Part part) throws SQLException {
        var name = local(part.name());
        if (part.bound() == null) {
            LOG.warn("Left out: partition {} of {}, which is a foreign table", part.name(), table);
            return;
        }
        statements.schema(name.schema());
        statements.run(
                "partition " + name,
                "create table " + name.quoted() + " partition of "
                        + local(part.parent()).quoted() + " " + part.bound() + partitionBy(part.partitionKey()));
        statements.comment("table " + name.quoted(), part.comment());
    }

    /** A sequence that exists stays as it is: it may be that of another table. */
    private void create(Sequence sequence) throws SQLException {
        if (!mapping.has(sequence.column())) {
            return;
        }
        var name = sequence.name();
        if (statements.exists(name)) {
            LOG.info("Sequence {} of {} exists already", name, table);
            return;
        }
        statements.schema(name.schema());
        statements.run(
                "sequence " + name,
                "create sequence " + name.quoted() + " as " + sequence.type() + " " + sequence.options());
    }

    /** What a default of {@link Creation#PLAIN} needs may be missing. */
    private void setDefault(Column column) throws SQLException {
        if (column.expression() == null || column.isGenerated()) {
            return;
        }
        var what = "the default of column " + column.name() + " of " + table + ", " + column.expression();
        var sql = "alter table " + table.quoted() + " alter column " + TableName.quote(column.name()) + " set default "
                + column.expression();
        if (creation == Creation.FULL) {
            statements.run(what, sql);
            for (var sequence : definition.sequences()) {
                if (sequence.column().equals(column.name())) {
                    statements.own(sequence.name(), table, column.name());
                }
            }
        } else {
            statements.runIfPossible(what, sql);
        }
    }

    /** Whether the constraint may be created here; what is left out is logged. */
    private boolean isReplicated(Constraint constraint) {
        var reason = !constraint.valid()
                ? "the provider does not enforce it for all rows"
                : reasonOf(constraint.table(), constraint.columns(), true, "ux".indexOf(constraint.kind()) >= 0);
        if (reason != null) {
            LOG.warn("Left out: constraint {} of {}: {}", constraint.name(), table, reason);
        }
        return reason == null;
    }

    /** Why what uses these columns is not created; null if it is. */
    private String reasonOf(TableName on, List<String> columns, boolean isConstraint, boolean isUnique) {
        if (partitioned() && !on.equals(definition.name())) {
            return "it is of " + on + ", and the table has partitions of its own here (--partition-by)";
        }
        if (partitioned() && isUnique && !columns.contains(partitionColumn())) {
            return "a partitioned table cannot have it without column " + partitionColumn() + " (--partition-by)";
        }
        for (var column : columns) {
            if (!mapping.has(column)) {
                return "column " + column + " is not replicated (--columns)";
            }
            if (isConstraint && mapping.set().containsKey(column)) {
                return "other values replace those of column " + column + " (--set)";
            }
        }
        return null;
    }

    private void create(Constraint constraint, String sql) throws SQLException {
        var on = local(constraint.table());
        boolean hasIndex = "pux".indexOf(constraint.kind()) >= 0;
        var name = hasIndex && statements.exists(new TableName(on.schema(), constraint.name()))
                ? null
                : TableName.quote(constraint.name());
        statements.run(
                "constraint " + constraint.name() + " of " + on,
                "alter table " + on.quoted() + " add " + (name == null ? "" : "constraint " + name + " ") + sql);
        if (name != null && creation == Creation.FULL) {
            statements.comment("constraint " + name + " on " + on.quoted(), constraint.comment());
        }
    }

    private void create(Index index) throws SQLException {
        var reason = reasonOf(index.table(), index.columns(), index.unique(), index.unique());
        if (reason != null) {
            LOG.warn("Left out: index {} of {}: {}", index.name(), table, reason);
            return;
        }
        var on = local(index.table());
        var name = new TableName(on.schema(), index.name());
        boolean taken = statements.exists(name);
        statements.run(
                "index " + index.name() + " of " + on,
                "create " + (index.unique() ? "unique " : "") + "index "
                        + (taken ? "" : TableName.quote(index.name()) + " ") + "on " + on.quoted() + " using "
                        + index.method());
        if (!taken) {
            statements.comment("index " + name.quoted(), index.comment());
        }
    }

    /** Creates the foreign keys to tables that are on the subscriber; all tables of the command are there. */
    void createForeignKeys(ReplicatedTables others) throws SQLException {
        for (var constraint : definition.constraints()) {
            if (constraint.isForeignKey() && isReplicated(constraint)) {
                var target = others.local(constraint.references());
                var reason = !statements.exists(target)
                        ? "the subscriber has no table " + target
                        : others.isFiltered(target) ? "only some rows of " + target + " are replicated" : null;
                if (reason != null) {
                    LOG.warn("Left out: foreign key {} of {}: {}", constraint.name(), table, reason);
                } else {
                    create(constraint, ForeignKeyText.to(target, constraint.definition()));
                }
            }
        }
    }
}
