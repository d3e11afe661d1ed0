package io.londiste.bench;

import io.londiste.test.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Londiste 3 on the original PgQ, with its daemon pgqd, from Debian's packages. */
final class Londiste3 implements Peer {
    private static final String LONDISTE = "/usr/bin/londiste";
    private static final String PGQD = "/usr/bin/pgqd";

    private final Pair pair;
    private Program pgqd;
    private Program root;
    private Program leaf;

    Londiste3(Pair pair) throws IOException {
        this.pair = pair;
        configure("root", pair.provider());
        configure("leaf", pair.subscriber());
        Files.writeString(pair.directory().resolve("pgqd.ini"), """
                [pgqd]
                base_connstr = host=%s port=%d user=%s password=%s
                initial_database = %s
                database_list = %5$s
                ticker_period = 0.1
                """.formatted(
                        pair.provider().host(),
                        pair.provider().port(),
                        pair.provider().user(),
                        pair.provider().password(),
                        pair.provider().name()));
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of(LONDISTE))
                && Files.isExecutable(Path.of(PGQD))
                && Files.exists(Path.of("/usr/share/postgresql/15/extension/londiste.control"));
    }

    private void configure(String node, Db db) throws IOException {
        Files.writeString(pair.directory().resolve(node + ".ini"), """
                [londiste]
                job_name = %s
                db = %s
                queue_name = bench
                pidfile = %1$s.pid
                logfile = %1$s.log
                """.formatted(node, db.libpq()));
    }

    /** Runs a command and waits for its end. */
    void londiste(String... arguments) throws IOException {
        var command = new String[arguments.length + 1];
        command[0] = LONDISTE;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Program.run(pair.directory(), command);
    }

    @Override
    public void capture() throws IOException {
        londiste("root.ini", "create-root", "root", pair.provider().libpq());
        pgqd = Program.start(pair.directory(), "pgqd.out", PGQD, "pgqd.ini");
        root = Program.start(pair.directory(), "root.out", LONDISTE, "root.ini", "worker");
        londiste(
                "leaf.ini",
                "create-leaf",
                "leaf",
                pair.subscriber().libpq(),
                "--provider=" + pair.provider().libpq());
        londiste("root.ini", "add-table", "--all");
    }

    @Override
    public void start() throws IOException {
        leaf = Program.start(pair.directory(), "leaf.out", LONDISTE, "leaf.ini", "worker");
    }

    @Override
    public void copy() throws IOException {
        londiste("leaf.ini", "add-table", "--all");
        Until.holds(() -> pair.subscriber()
                        .number(
                                "select count(*) from londiste.table_info where local and merge_state is distinct from 'ok'")
                == 0);
    }

    @Override
    public void halt() throws IOException {
        leaf.freeze();
    }

    @Override
    public void resume() throws IOException {
        leaf.thaw();
    }

    @Override
    public void close() throws IOException {
        for (var program : new Program[] {leaf, root, pgqd}) {
            if (program != null) {
                program.thaw();
                program.close();
            }
        }
    }
}
