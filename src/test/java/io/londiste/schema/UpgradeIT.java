package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The schema of an earlier version, with a job's state in it, is upgraded to the present one. */
@ExtendWith(PostgresPair.class)
class UpgradeIT {
    @Test
    void aSubscriberOfVersionFourKeepsItsStateAndGetsWhatIsNew(@Subscriber Db db) throws IOException {
        db.sql("create table t (id int primary key); create table u (id int primary key)");
        db.sql(Files.readString(Path.of("src/test/resources/schema/londiste-4.sql")));
        db.sql("""
                insert into londiste.subscriber_table (queue_name, table_name, merge_state)
                values ('q', 'public.t', 'ok'), ('q', 'public.u', 'catching-up');
                insert into londiste.completed (consumer_id, last_tick_id)
                values ('job', 7), ('job_copy_public.u', 5), ('job_copy_to_kafka', 6);
                insert into londiste.subscriber_pending_fkeys (from_table, to_table, fkey_name, fkey_def)
                values ('public.t', 'public.t', 't_id_fkey', 'alter table public.t add constraint t_id_fkey foreign key (id) references public.t');
                """);

        new Installer(db.dataSource()).installLondisteSubscriber();

        assertThat(db.number("select londiste.version()")).isEqualTo(Installed.SCHEMA_VERSION);
        assertThat(db.rows("select table_name, merge_state from londiste.subscriber_table order by nr"))
                .containsExactly("public.t|ok", "public.u|catching-up");
        assertThat(db.rows("select consumer_id, last_tick_id, tick_mark from londiste.completed order by last_tick_id"))
                .containsExactly("job_copy_public.u|5|null", "job_copy_to_kafka|6|null", "job|7|null");
        assertThat(db.rows("select consumer_id, job_id, table_name from londiste.copy_consumer"))
                .as("the copy under way is the job's own, a foreign consumer with a similar name is not")
                .containsExactly("job_copy_public.u|job|public.u");
        assertThat(db.rows("select * from londiste.subscriber_restore_fkeys('q')"))
                .as("a foreign key that was saved by the earlier version")
                .containsExactly("t_id_fkey");
    }

    @Test
    void aProviderOfVersionSevenCapturesAsBeforeAndMore(@Provider Db db) {
        var installer = new Installer(db.dataSource());
        installer.installPgq();
        installer.installLondisteProvider();
        db.sql("create table t (id int primary key); select pgq.create_queue('q');"
                + " select londiste.provider_add_table('q', 't')");
        db.sql("""
                drop function londiste.capture_1_replica() cascade;
                alter table t enable trigger q_logger_t;
                alter table londiste.provider_table drop column marks;
                drop function londiste.capture_triggers(text, oid);
                create function londiste.capture_triggers(base_name text, tab oid)
                  returns table (relation regclass, trigger_name text, clause text) language sql as 'select null::regclass, '''', ''''';
                delete from londiste.upgrade where nr > 7
                """);

        installer.installLondisteProvider();

        assertThat(db.number("select londiste.version()")).isEqualTo(Installed.SCHEMA_VERSION);
        db.sql("select londiste.maint_capture()");
        assertThat(db.rows("select tgname, tgenabled from pg_trigger where tgrelid = 't'::regclass order by 1"))
                .containsExactly("q_logger_d|O", "q_logger_i|O", "q_logger_r|R", "q_logger_t|A", "q_logger_u|O");
        assertThat(db.rows("select ev_data from pgq.event_1 where ev_type = 'londiste.missed-changes'"))
                .as("an upgrade is no gap")
                .isEmpty();
    }
}
