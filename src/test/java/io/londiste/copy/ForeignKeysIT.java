package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.ReplicationFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign keys whose tables do not both go the same way. */
class ForeignKeysIT extends ReplicationFixture {
    private static final String TABLES = "create table parent (id int primary key);"
            + "create table child (id int primary key, parent int references parent)";
    private static final String PENDING =
            "select from_table, fkey_name from londiste.subscriber_pending_fkeys order by 1, 2";

    @BeforeEach
    void replicate() {
        onBoth(TABLES);
        job.add("parent", "child").start().awaitOk();
        Awaitility.await().until(() -> subscriber.rows(PENDING).isEmpty());
    }

    private void awaitReason(String table, String... parts) {
        Awaitility.await().untilAsserted(() -> assertThat(subscriber.sql(
                        "select reason from londiste.subscriber_table where table_name = ?", "public." + table))
                .contains(parts));
    }

    @Test
    void aChildWhoseParentIsNoLongerReplicatedReportsIt() {
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'parent')");
        provider.sql("insert into parent values (1); insert into child values (1, 1)");
        awaitReason("child", "child_parent_fkey", "table public.parent is not replicated here");

        // not while the next attempt has saved and dropped it
        Awaitility.await("the foreign key").ignoreExceptions().until(() -> subscriber
                .sql("alter table child drop constraint child_parent_fkey")
                .isEmpty());
        job.awaitOk().awaitReplay();
        assertThat(subscriber.sql("select * from child")).isEqualTo("1|1");
    }

    @Test
    void aParentWhoseChildIsNoLongerReplicatedReportsIt() {
        provider.sql("insert into parent values (1); insert into child values (1, 1)");
        job.awaitReplay();
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'child')");
        provider.sql("delete from child; delete from parent");
        awaitReason("parent", "child_parent_fkey", "table public.child is not replicated here");
    }

    @Test
    void oneThatMayNotBeDroppedHoldsUpItsOwnTableOnly() {
        provider.sql("create table other (id int primary key)");
        subscriber.sql("create table other (id int primary key)");
        job.add("other").awaitOk();
        subscriber.sql("create function no_ddl() returns event_trigger language plpgsql as"
                + " $$begin raise exception 'no DDL here'; end$$;"
                + " create event trigger no_ddl on ddl_command_start when tag in ('ALTER TABLE') execute function no_ddl();"
                + " select londiste.subscriber_resync_table('queue', 'parent')");
        awaitReason("parent", "no DDL here");

        provider.sql("insert into other values (1); insert into parent values (1); insert into child values (1, 1)");
        job.awaitReplay();
        assertThat(subscriber.sql("select * from other")).isEqualTo("1");

        subscriber.sql("drop event trigger no_ddl");
        job.awaitOk().awaitReplay();
        assertThat(subscriber.sql("select * from parent join child using (id)")).isEqualTo("1|1");
    }

    @Test
    void oneThatIsPendingOutlivesARenamedTableAndGivesWayToOneMadeByHand() {
        job.stop();
        subscriber.sql("update londiste.subscriber_table set merge_state = null;"
                + "alter table child add constraint again foreign key (parent) references parent on delete cascade");
        subscriber.sql("select londiste.subscriber_drop_all_fkeys('child'); alter table parent rename to former");
        assertThat(subscriber.rows(PENDING)).containsExactly("public.child|again", "public.child|child_parent_fkey");
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'parent')");
        subscriber.sql("alter table child add constraint again foreign key (parent) references former");
        job.start().awaitOk();

        // its own definition now, taken up again by the copy; the table of the other one is not there
        Awaitility.await()
                .until(() -> subscriber.rows(PENDING).equals(java.util.List.of("public.child|child_parent_fkey")));
        assertThat(subscriber.sql("select pg_get_constraintdef(oid) from pg_constraint where conname = 'again'"))
                .isEqualTo("FOREIGN KEY (parent) REFERENCES former(id)");

        subscriber.sql("alter table former rename to parent");
        subscriber.sql("select * from londiste.subscriber_restore_fkeys('queue')");
        assertThat(subscriber.rows(PENDING)).isEmpty();
    }
}
