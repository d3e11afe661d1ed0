package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.londiste.definition.Creation;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.repair.Repaired;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.Difference;
import io.londiste.subscriber.Subscriber;
import io.londiste.sync.SyncOptions;
import io.londiste.table.Operations;
import io.londiste.table.Selection;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.ReplicationFixture;
import io.londiste.test.SteadyWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of which only some operations are replicated. */
class OperationsIT extends ReplicationFixture {
    static final List<String> SETS = List.of(
            "insert",
            "insert,update",
            "insert,update,delete",
            "insert,update,truncate",
            "insert,delete,truncate",
            "update",
            "update,delete,truncate",
            "delete",
            "delete,truncate");

    private static final String FILTER = "country < 'C'";

    /** Changes of each kind, of keys that deferrable constraints let shift and swap, and of their spelling. */
    private static final String WRITE = """
            do $$
            declare
              t  regclass;
              k  int;
            begin
              for t in select oid from pg_class where relname ~ '^t[0-9]+$' and relkind = 'r' loop
                k := random() * 100;
                begin
                  execute format('delete from %s where id in ($1, $1 + 1)', t) using k;
                  execute format('insert into %s select i, chr(65 + (random() * 4)::int), ''new '' || random() from generate_series($1, $1 + 2) i'
                    || ' where not exists (select from %s where id = i)', t, t) using k;
                  execute format('update %s set country = chr(65 + (random() * 4)::int), v = ''v '' || random() where id between $1 + 4 and $1 + 8', t) using k;
                  execute format('update %s set id = case id when $1 + 10 then $1 + 11 else $1 + 10 end, country = chr(65 + (random() * 4)::int)'
                    || ' where id in ($1 + 10, $1 + 11)', t) using k;
                  execute format('update %s set id = id + 1 where id between $1 + 20 and $1 + 22', t) using k;
                  execute format('update %s set id = (id || ''.0'')::numeric where id = $1 + 30 and id::text !~ ''[.]''', t) using k;
                  if random() < 0.003 then
                    execute format('truncate %s', t);
                    execute format('insert into %s select i, ''A'', ''after'' from generate_series(1, 50) i', t);
                  end if;
                exception when unique_violation then null;
                end;
              end loop;
            end
            $$; select pg_sleep(0.002)""";

    @TempDir
    Path directory;

    private static AddOptions ops(String operations, String where) {
        return new AddOptions(
                false,
                false,
                false,
                false,
                Creation.NONE,
                Declaration.of(null, where, null, Map.of(), operations, null, null, null, null));
    }

    private void add(String table, AddOptions options) {
        provider.sql("select londiste.provider_add_table('queue', ?)", table);
        Subscriber.connected(job.settings(), side -> side.add(Selection.of(table), options));
    }

    private String rows(String table) {
        return subscriber.sql("select string_agg(t::text, ' ' order by t::text collate \"C\") from " + table + " as t");
    }

    /** Rows by what is before the first bar in each. */
    static Map<String, String> byKey(List<String> rows) {
        var values = new LinkedHashMap<String, String>();
        rows.forEach(row -> values.put(row.substring(0, row.indexOf('|')), row.substring(row.indexOf('|') + 1)));
        return values;
    }

    /** Every set of operations, some with a condition: what they promise holds, and compare and repair see it so. */
    @Test
    void underLoadOnlyWhatIsNotReplicatedDiffers() throws Exception {
        job.with("lock_timeout", "60"); // on a slow machine the replay is behind
        var declared = new LinkedHashMap<String, AddOptions>();
        for (var set : SETS) {
            declared.put("t" + declared.size(), ops(set, declared.size() % 2 == 0 ? null : FILTER));
        }
        for (var table : declared.keySet()) {
            onBoth("create table " + table + " (id numeric primary key deferrable, country text, v text)");
            provider.sql("insert into " + table + " select i, chr(65 + i % 5), 'v' from generate_series(1, 120) i");
        }
        var lock = ComparisonRoutes.lockReplay(subscriber);
        try (var writer = new SteadyWriter(provider, WRITE);
                lock;
                var routes = new ComparisonRoutes(job.settings())) {
            declared.forEach(this::add);
            job.start().awaitOk();
            for (int round = 0; round < 2; round++) {
                writer.await(40);
                assertThat(routes.compare())
                        .extracting(Comparison::outcome, Comparison::problem)
                        .containsOnly(tuple(Outcome.EQUAL, null));
            }
            Subscriber.connected(job.settings(), side -> side.resync(Selection.ALL));
            job.awaitOk();
            writer.await(40);
            writer.stop();
            job.awaitReplay();
            declared.forEach(this::assertDiffersOnlyAsDeclared);
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN))
                    .extracting(Repaired::statements, repaired -> repaired.comparison()
                            .outcome())
                    .containsOnly(tuple(0L, Outcome.EQUAL));
        }
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    private void assertDiffersOnlyAsDeclared(String table, AddOptions options) {
        var declared = options.declaration();
        assertDiffersOnlyAsDeclared(
                table + ", " + declared,
                declared.operations(),
                byKey(provider.rows("select id, country, v from " + table
                        + (declared.where() == null ? "" : " where " + declared.where()) + " order by id")),
                byKey(subscriber.rows("select id, country, v from " + table + " order by id")));
    }

    /**
     * Rows of both sides, by their keys, differ only because of the operations that are not replicated.
     *
     * @param there those of the provider; changed
     * @param here those of the subscriber; changed
     */
    static void assertDiffersOnlyAsDeclared(
            String what, Operations operations, Map<String, String> there, Map<String, String> here) {
        if (!operations.lackRows()) {
            assertThat(here.keySet()).as(what).containsAll(there.keySet());
        }
        if (!operations.keepRows()) {
            assertThat(there.keySet()).as(what).containsAll(here.keySet());
        }
        if (!operations.keepValues()) {
            var common = new HashSet<>(here.keySet());
            common.retainAll(there.keySet());
            there.keySet().retainAll(common);
            here.keySet().retainAll(common);
            assertThat(here).as(what).isEqualTo(there);
        }
    }

    @Test
    void whatChangesMean() throws Exception {
        var ddl = "create table %s (id int primary key, country text, v text)";
        var tables = List.of("insert", "insert,update", "update,delete,truncate", "insert,delete,truncate");
        for (int i = 0; i < tables.size(); i++) {
            onBoth(ddl.formatted("t" + i));
            provider.sql("insert into t" + i + " values (1, 'A', 'a'), (2, 'A', 'b'), (3, 'A', 'c')");
            add("t" + i, ops(tables.get(i), null));
        }
        job.start().awaitOk();
        for (int i = 0; i < tables.size(); i++) {
            provider.sql("update t" + i + " set v = 'new' where id = 1; update t" + i + " set id = 12 where id = 2;"
                    + " delete from t" + i + " where id = 3; insert into t" + i + " values (4, 'A', 'd')");
        }
        job.awaitReplay();

        assertThat(rows("t0")).as("insert").isEqualTo("(1,A,a) (12,A,b) (2,A,b) (3,A,c) (4,A,d)");
        assertThat(rows("t1")).as("insert,update").isEqualTo("(1,A,new) (12,A,b) (3,A,c) (4,A,d)");
        assertThat(rows("t2")).as("update,delete,truncate").isEqualTo("(1,A,new) (12,A,b)");
        assertThat(rows("t3")).as("insert,delete,truncate").isEqualTo("(1,A,a) (12,A,b) (4,A,d)");

        for (int i = 0; i < tables.size(); i++) {
            provider.sql("insert into t" + i + " values (3, 'A', 'again'); truncate t" + i);
        }
        job.awaitReplay();
        assertThat(rows("t0")).as("a row that is there stays").isEqualTo("(1,A,a) (12,A,b) (2,A,b) (3,A,c) (4,A,d)");
        assertThat(rows("t1")).as("the last row of a key").isEqualTo("(1,A,new) (12,A,b) (3,A,again) (4,A,d)");
        assertThat(rows("t2")).isEqualTo("null");
        assertThat(rows("t3")).isEqualTo("null");

        Subscriber.connected(job.settings(), side -> side.resync(Selection.of("t1")));
        job.awaitOk();
        assertThat(rows("t1")).as("the only place where they are").isEqualTo("(1,A,new) (12,A,b) (3,A,again) (4,A,d)");
    }

    @Test
    void whatIsNotExpectedIsFoundAndRepaired() throws Exception {
        onBoth("create table t (id int primary key, v text); create table u (id int primary key, v text)");
        provider.sql("insert into t select i, 'v' from generate_series(1, 9) i; insert into u select * from t");
        add("t", ops("insert,update", null));
        add("u", ops("insert,delete,truncate", null));
        job.start().awaitOk();
        onBoth("delete from t where id = 1; delete from u where id = 1");
        subscriber.sql("insert into t values (99, 'extra'); update t set v = 'wrong' where id = 2;"
                + " insert into u values (99, 'extra'); update u set v = 'wrong' where id = 2");
        job.awaitReplay();

        var lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var routes = new ComparisonRoutes(job.settings())) {
            subscriber.sql("delete from t where id = 3; delete from u where id = 3");
            assertThat(routes.compare())
                    .extracting(Comparison::missing, Comparison::extra, Comparison::different, Comparison::expected)
                    .containsExactly(
                            tuple(1L, 0L, 1L, "not counted (ops insert, update): 1 extra"),
                            tuple(
                                    1L,
                                    1L,
                                    0L,
                                    "not counted (ops insert, delete, truncate): values other than the key's"));
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN))
                    .extracting(Repaired::statements)
                    .containsExactly(2L, 2L);
            assertThat(routes.compare()).extracting(Comparison::outcome).containsOnly(Outcome.EQUAL);
            assertThat(rows("t")).startsWith("(2,v) (3,v)").endsWith("(99,extra)");
            assertThat(rows("u")).startsWith("(2,wrong) (3,v)").endsWith("(9,v)");

            assertThat(routes.count("t").get(0).problem())
                    .contains("only some operations are replicated (ops insert, update); compare it without --count");
            assertThat(routes.compare(new SyncOptions(false, false, "v = 'v'"), "u")
                            .get(0)
                            .problem())
                    .contains("(ops insert, delete, truncate); compare it without a condition");
        }
    }

    @Test
    void constraintsThatRowsMayCollideWithAreRisks() {
        onBoth(
                "create table p (id int primary key); create table c (id int primary key, p int references p on delete cascade,"
                        + " mail text unique)");
        add("p", ops("update,delete,truncate", null));
        add("c", ops("insert,update", null));

        Subscriber.connected(job.settings(), side -> assertThat(side.differences())
                .extracting(Difference::text)
                .contains(
                        "public.c: foreign key c_p_fkey changes or deletes rows together with rows of public.p on the subscriber,"
                                + " whichever operations are replicated",
                        "public.c: foreign key c_p_fkey needs rows of public.p, which lacks new ones (ops update, delete, truncate):"
                                + " a row that references one stops the table",
                        "public.c: unique index c_mail_key: a row that stays as it is (ops insert, update) may have the value that"
                                + " another one gets, which stops the table"));
        assertThatThrownBy(() -> ops("insert,merge", null))
                .hasMessage("--ops: no such operation: merge; there are insert, update, delete, truncate");
    }
}
