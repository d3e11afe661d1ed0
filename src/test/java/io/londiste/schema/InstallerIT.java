package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@ExtendWith(PostgresPair.class)
class InstallerIT {
    private static final String CATALOG = """
            select p.oid, p.proname, md5(p.prosrc), (select string_agg(a::text, ' ' order by a::text) from unnest(p.proacl) a)
              from pg_proc p where p.pronamespace in ('pgq'::regnamespace, 'londiste'::regnamespace)
            union all
            select c.oid, c.relname, '', (select string_agg(a::text, ' ' order by a::text) from unnest(c.relacl) a)
              from pg_class c where c.relnamespace in ('pgq'::regnamespace, 'londiste'::regnamespace)
             order by 1
            """;

    @ParameterizedTest
    @ValueSource(ints = {13, 15, 18})
    void installingTwiceChangesNothing(int major) throws Exception {
        try (var db = PostgresPair.database(major)) {
            var installer = new Installer(db.dataSource());
            assertThat(installer.installPgq()).isTrue();
            installer.installLondisteProvider();
            installer.installLondisteSubscriber();
            var before = db.sql(CATALOG);

            assertThat(installer.installPgq()).isTrue();
            installer.installLondisteProvider();
            installer.installLondisteSubscriber();

            assertThat(db.sql(CATALOG)).isEqualTo(before).contains("provider_add_table", "next_batch");
        }
    }

    @Test
    void theOwnerOfADatabaseNeedsNoSuperuser(@Provider Db db) {
        var role = db.role("owner", "login password 'secret'");
        db.sql("alter database " + db.name() + " owner to " + role);
        var installer = new Installer(as(db, role));

        installer.installPgq();
        installer.installLondisteProvider();

        assertThat(db.sql("select distinct nspowner::regrole from pg_namespace where nspname in ('pgq', 'londiste')"))
                .isEqualTo(role);
    }

    @Test
    void aMissingRightIsNamed(@Provider Db db) {
        var role = db.role("nobody", "login password 'secret'");
        var installer = new Installer(as(db, role));

        assertThatThrownBy(installer::installLondisteSubscriber)
                .isInstanceOf(LondisteException.class)
                .hasMessageContainingAll("schema londiste", "role " + role, "CREATE on database " + db.name());
        assertThatThrownBy(installer::installPgq).hasMessageContainingAll("schema pgq", role, db.name());
    }

    @Test
    void aSchemaOfAnotherRoleIsNotTouched(@Provider Db db) {
        new Installer(db.dataSource()).installLondisteProvider();
        var role = db.role("nobody", "login password 'secret'");

        assertThatThrownBy(() -> new Installer(as(db, role)).installLondisteProvider())
                .isInstanceOf(LondisteException.class)
                .hasMessageContainingAll(db.name(), "belongs to role " + db.user(), "role " + role);
    }

    /** As that of Londiste 2 on the same database. */
    @Test
    void aSchemaOfAnotherProgramIsLeftAlone(@Provider Db db) {
        db.sql("create schema londiste; create table londiste.provider_table (nr serial, table_name text)");

        assertThatThrownBy(() -> new Installer(db.dataSource()).installLondisteProvider())
                .isInstanceOf(LondisteException.class)
                .hasMessageContainingAll(db.name(), "another program", "RENAME");
        assertThat(
                        db.number(
                                "select count(*) from pg_class where relnamespace = 'londiste'::regnamespace and relkind = 'r'"))
                .isEqualTo(1);
    }

    @Test
    void aPgqThatIsNotOursIsLeftAlone(@Provider Db db) {
        db.sql("create schema pgq; create table pgq.queue (queue_name text)");

        assertThat(new Installer(db.dataSource()).installPgq()).isFalse();

        assertThat(db.sql("select count(*) from pg_proc where pronamespace = 'pgq'::regnamespace"))
                .isEqualTo("0");
    }

    @Test
    void stepsOfAnUpgradeRunOnceAndNotOnNewSchemas(@Provider Db db) {
        new Installer(db.dataSource(), new Manifest("sql-upgrade/1")).installLondisteProvider();
        assertThat(db.sql("select * from londiste.thing")).isEqualTo("1");

        var upgrade = new Installer(db.dataSource(), new Manifest("sql-upgrade/2"));
        upgrade.installLondisteProvider();
        upgrade.installLondisteProvider();
        assertThat(db.sql("select * from londiste.thing")).isEqualTo("2");
        assertThat(db.sql("select nr, name from londiste.upgrade")).isEqualTo("7|twice");

        db.sql("drop schema londiste cascade");
        upgrade.installLondisteProvider();
        assertThat(db.sql("select * from londiste.thing")).isEqualTo("1");
        assertThat(db.sql("select nr, name from londiste.upgrade")).isEqualTo("7|twice");
    }

    @Test
    void aFailedInstallLeavesNothingBehind(@Provider Db db) {
        var installer = new Installer(db.dataSource(), new Manifest("sql-upgrade/broken"));

        assertThatThrownBy(installer::installLondisteProvider)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("sql-upgrade/broken/nonsense.sql");

        assertThat(db.sql("select to_regnamespace('londiste') is null")).isEqualTo("t");
    }

    private static PGSimpleDataSource as(Db db, String role) {
        var source = (PGSimpleDataSource) db.dataSource();
        source.setUser(role);
        source.setPassword("secret");
        return source;
    }
}
