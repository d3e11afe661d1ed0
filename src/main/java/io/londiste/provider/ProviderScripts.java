package io.londiste.provider;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.script.RecordedScript;
import io.londiste.script.RecordedScripts;
import io.londiste.script.Script;
import io.londiste.script.ScriptErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands on the provider's scripts. */
public final class ProviderScripts {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderScripts.class);

    private static final String EXECUTE = "select londiste.provider_execute_script(?, ?, ?, ?)";

    private final Settings settings;
    private final Database provider;

    ProviderScripts(Settings settings, Database provider) {
        this.settings = settings;
        this.provider = provider;
    }

    /**
     * Executes scripts on the provider, each in a transaction of its own, and has the subscribers execute them in order with the
     * changes. Ends at the first one that fails.
     */
    public void execute(List<Script> scripts) {
        require(scripts);
        for (var script : scripts) {
            provider.transaction(settings.lockTimeout(), connection -> run(connection, script));
            LOG.info("Executed {}; the subscribers execute it in order with the changes", script.name());
        }
    }

    /** Executes scripts on the provider and rolls them back together, except those that were executed before. */
    public void tryOut(List<Script> scripts) {
        require(scripts);
        var executed = list().stream().map(RecordedScript::name).toList();
        provider.transaction(settings.lockTimeout(), connection -> {
            for (var script : scripts) {
                if (!executed.contains(script.name())) {
                    run(connection, script);
                    LOG.info("{} was not executed; it can be on the provider", script.name());
                }
            }
            connection.rollback();
            return null;
        });
    }

    /** The scripts that were executed, in this order. */
    public List<RecordedScript> list() {
        return RecordedScripts.ofProvider(provider, settings.queueName());
    }

    private void require(List<Script> scripts) {
        var registered = provider.texts(
                "select table_name from londiste.provider_get_table_list(?) as table_name", settings.queueName());
        for (var script : scripts) {
            var unknown = script.tables().stream()
                    .map(TableName::toString)
                    .filter(table -> !registered.contains(table))
                    .toList();
            if (!unknown.isEmpty()) {
                throw new LondisteException(provider + ": not registered in queue " + settings.queueName() + ": "
                        + String.join(", ", unknown) + " (--only); nothing was changed");
            }
            if (script.sql().isBlank()) {
                throw new LondisteException("script " + script.name() + " is empty; nothing was changed");
            }
        }
    }

    private Void run(Connection transaction, Script script) throws SQLException {
        // a statement may take long, an index for example; it is only to wait for locks no longer than other commands
        Jdbc.execute(transaction, "set local statement_timeout = 0");
        try {
            Jdbc.execute(
                    transaction, EXECUTE, settings.queueName(), script.name(), script.sql(), script.writtenTables());
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new LondisteException(
                    provider + ": script " + script.name() + ": " + ScriptErrors.describe(e, script.sql())
                            + "; nothing of it was changed",
                    e);
        }
        return null;
    }
}
