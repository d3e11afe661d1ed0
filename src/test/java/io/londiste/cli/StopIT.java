package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code -s} while a batch is being applied: its row waits for a lock that the test has. */
class StopIT extends DaemonFixture {
    private Connection locking;

    @BeforeEach
    void holdABatchUp() throws Exception {
        provider.sql("create table t (id int primary key, v text); insert into t values (1, 'before')");
        subscriber.sql("create table t (id int primary key, v text)");
        shell.install();
        shell.succeed("pgqadm -d ticker.ini ticker");
        shell.succeed("londiste -d conf.ini replay");
        shell.add("t");
        await("ok").until(() -> subscriber
                .rows("select merge_state from londiste.subscriber_table")
                .contains("ok"));
        locking = subscriber.connect();
        locking.setAutoCommit(false);
        locking.createStatement().execute("lock table t in share mode");
        provider.sql("update t set v = 'after'");
        await("the batch waits")
                .until(() -> subscriber.number(
                                "select count(*) from pg_locks where relation = 't'::regclass and not granted")
                        == 1);
    }

    @AfterEach
    void letGo() throws Exception {
        locking.close();
    }

    private String row() {
        return subscriber.sql("select v from t");
    }

    @Test
    void aStopLetsTheBatchFinish() throws IOException, Exception {
        var replay = ProcessHandle.of(shell.pid("job").orElseThrow()).orElseThrow();

        var stop = shell.start("londiste -s conf.ini", "stop.txt");
        await("stopping").until(() -> shell.log("job").contains("Stopping"));
        assertThat(row()).isEqualTo("before");
        assertThat(stop.isAlive()).isTrue();
        assertThat(replay.isAlive()).isTrue();
        locking.commit();

        assertThat(stop.waitFor()).isZero();
        assertThat(replay.isAlive()).isFalse();
        assertThat(row()).isEqualTo("after");
        assertThat(shell.log("job")).contains("{count: 1, ignored: 0, duration: ");
    }
}
