package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.replay.OrderedRun.Shapes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Hands changes to functions of the subscriber, each once, in their order; several that are alike in one statement. */
final class FunctionCalls {
    /** One call of a function, whose name is as SQL writes it. */
    record Call(Change change, String function) {}

    /** What calls of one statement have in common. */
    private record Form(String function, TableName table, List<String> key, List<String> row) {}

    /** A call's key before the change and row after it, each null if it has none. */
    private record Arguments(String operation, Row key, Row row) {
        private String json() {
            return "{\"o\":" + Row.json(operation) + (key == null ? "" : ",\"k\":" + key.toJson())
                    + (row == null ? "" : ",\"r\":" + row.toJson()) + "}";
        }
    }

    private final Shapes shapes;
    private final TableWriter writer;

    FunctionCalls(Shapes shapes, TableWriter writer) {
        this.shapes = shapes;
        this.writer = writer;
    }

    void run(List<Call> calls) throws SQLException {
        Form form = null;
        List<Arguments> alike = new ArrayList<>();
        for (Call call : calls) {
            Arguments arguments = arguments(call.change);
            Form next = new Form(call.function, call.change.table(), columns(arguments.key), columns(arguments.row));
            if (!next.equals(form)) {
                run(form, alike);
                alike.clear();
                form = next;
            }
            alike.add(arguments);
        }
        run(form, alike);
    }

    private static List<String> columns(Row row) {
        return row == null ? List.of() : row.layout();
    }

    private Arguments arguments(Change change) throws SQLException {
        String operation = change.kind().name().toLowerCase(Locale.ROOT);
        if (change.kind() == Kind.TRUNCATE) {
            return new Arguments(operation, null, null);
        }
        List<String> key =
                change.keyColumns().isEmpty() ? shapes.of(change.table()).key() : change.keyColumns();
        Row before = change.oldKey() == null ? change.row().only(key) : change.oldKey();
        return new Arguments(
                operation,
                before.columns().isEmpty() ? null : before,
                change.kind() == Kind.DELETE ? null : change.row());
    }

    private void run(Form form, List<Arguments> calls) throws SQLException {
        if (!calls.isEmpty()) {
            writer.call(
                    form.table,
                    new TableSql(shapes.of(form.table), false).call(form.function, form.key, form.row),
                    calls.stream().map(Arguments::json).collect(Collectors.joining(",", "[", "]")));
        }
    }
}
