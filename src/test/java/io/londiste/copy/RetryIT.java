package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.change.TableName;
import io.londiste.cli.Terminal;
import io.londiste.test.ReplicationFixture;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that has failed often is tried again only after minutes; an operator need not wait for that. */
class RetryIT extends ReplicationFixture {
    private static final TableName TABLE = TableName.parse("t");
    /** After so many failures the pause is the longest, five minutes. */
    private static final int MANY = 10;

    @TempDir
    Path directory;

    @Test
    void aStoppedTableContinuesAtOnceFromWhereItIs() throws SQLException {
        var terminal = new Terminal(directory);
        var ini = terminal.file("conf.ini", job.ini());
        onBoth("create table t (id int primary key, v int)");
        provider.sql("insert into t values (1, 1)");
        job.add("t").start().awaitOk();
        subscriber.sql("alter table t add constraint small check (v < 10)");
        provider.sql("insert into t values (2, 20)");
        await("stopped").until(() -> job.running().copies().isStopped(TABLE));
        for (int i = 0; i < MANY; i++) {
            job.running().copies().failed(new TableCopy(TABLE), "it is broken", false);
        }
        subscriber.sql("alter table t drop constraint small; set londiste.replay = 'on'; insert into t values (0, 0)");

        terminal.ok(ini, "subscriber", "retry", "t", "--wait");

        assertThat(job.states()).containsExactly("ok");
        assertThat(subscriber.rows("select id || ' ' || v from t order by id"))
                .containsExactly("0 0", "1 1", "2 20"); // no new copy
    }
}
