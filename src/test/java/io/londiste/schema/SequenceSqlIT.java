package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions for sequences. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class SequenceSqlIT extends SchemaFixture {
    @Test
    void valuesAreReadAsTheyAre() {
        db.sql("""
                create sequence fresh start 9223372036854775807;
                create sequence used cache 10; select nextval('used');
                create sequence "Set Back" minvalue -9223372036854775808; select setval('"Set Back"', -9223372036854775808, false);
                create table no_sequence (id int);
                """);

        assertThat(
                        db.rows(
                                "select * from londiste.read_sequences('{public.used,public.fresh,public.nix,\"public.\\\"Set Back\\\"\",public.no_sequence}')"))
                .containsExactly(
                        "public.used|10|t|null",
                        "public.fresh|9223372036854775807|f|null",
                        "public.nix|null|null|does not exist in database " + db.name(),
                        "public.\"Set Back\"|-9223372036854775808|f|null",
                        db.sql(
                                "select 'public.no_sequence|null|null|' || case when "
                                        + (db.major() >= 18)
                                        + " then 'cannot open relation \"no_sequence\"' else '\"no_sequence\" is not a sequence' end"));
    }

    @Test
    void onlyRegisteredSequencesAreReported() {
        db.sql("create sequence told; create sequence untold");
        assertThat(db.sql("select londiste.provider_add_seq('q', 'told')")).isEqualTo("1");
        assertThat(db.sql("select londiste.provider_add_seq('q', 'public.told')"))
                .isEqualTo("0");

        assertThat(db.rows("select * from londiste.sequence_values('q', '{public.untold,public.told}')"))
                .containsExactly(
                        "public.untold|null|null|is no longer registered on the provider", "public.told|1|f|null");
        assertThat(db.sql("select londiste.provider_remove_seq('q', 'told')")).isEqualTo("1");
        assertThat(db.sql("select count(*) from londiste.provider_get_seq_list('q')"))
                .isEqualTo("0");
    }

    @Test
    void valuesAreSetWhereTheyDiffer() {
        db.sql(
                "create sequence mine; create sequence yours; create sequence narrow as smallint; create sequence alone");
        db.sql("select londiste.subscriber_add_seq('set', s) from unnest('{mine,narrow,alone}'::text[]) s");
        var values = "select * from londiste.subscriber_set_sequences('set', '["
                + "{\"seq_name\": \"public.mine\", \"last_value\": 9223372036854775806, \"is_called\": true, \"problem\": null},"
                + "{\"seq_name\": \"public.yours\", \"last_value\": 7, \"is_called\": true, \"problem\": null},"
                + "{\"seq_name\": \"public.narrow\", \"last_value\": %d, \"is_called\": false, \"problem\": null}]')";
        var tooMuch = "public.narrow|setval: value 32768 is out of bounds for sequence \"narrow\" (1..32767)";

        assertThat(db.rows(values.formatted(32768))).containsExactly(tooMuch);
        assertThat(db.rows(values.formatted(32768))).as("said once").isEmpty();
        assertThat(db.rows("select * from londiste.subscriber_get_seq_list('set')"))
                .containsExactly(
                        "public.mine|9223372036854775806|t|null",
                        tooMuch.replace("|", "|1|f|"),
                        "public.alone|1|f|null");
        assertThat(db.sql("select last_value, is_called from yours")).isEqualTo("1|f");
        assertThat(db.rows(values.formatted(32767))).containsExactly("public.narrow|null");
        assertThat(db.sql("select nextval('narrow'), nextval('mine')")).isEqualTo("32767|9223372036854775807");

        assertThat(db.sql("select londiste.subscriber_remove_seq('set', 'mine')"))
                .isEqualTo("1");
    }

    @Test
    void whatCannotBeAddedIsSaidClearly() throws SQLException {
        db.sql("create table table_only (id int)");
        assertFails(
                "select londiste.provider_add_seq('none', 'x')",
                "42704",
                "queue \"none\" does not exist in database " + db.name());
        for (var side : new String[] {"provider", "subscriber"}) {
            assertFails(
                    "select londiste." + side + "_add_seq('q', 'table_only')",
                    "42P01",
                    "sequence public.table_only does not exist in database " + db.name());
            assertFails(
                    "select londiste." + side + "_remove_seq('q', 'table_only')",
                    "42704",
                    "sequence public.table_only is not registered on the " + side + ", queue \"q\"");
        }
        var role = db.role("poor", "login password 'p'");
        db.sql("create sequence secret; grant usage on sequence secret to " + role
                + "; grant usage on schema londiste, pgq to " + role + "; grant select on pgq.queue to " + role
                + "; grant execute on all functions in schema londiste to " + role);
        try (var connection = db.connect(role, "p");
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("select londiste.provider_add_seq('q', 'secret')"))
                    .hasMessageContaining("role " + role + " may not read sequence public.secret in database "
                            + db.name() + ": it needs SELECT on it");
            assertThatThrownBy(() -> statement.execute("select londiste.subscriber_add_seq('q', 'secret')"))
                    .hasMessageContaining("it needs SELECT and UPDATE on it");
            try (var row = statement.executeQuery("select problem from londiste.read_sequences('{public.secret}')")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("permission denied for sequence secret");
            }
        }
    }

    @Test
    void anOlderSchemaLearnsReasons() {
        db.sql(
                "alter table londiste.subscriber_seq drop column reason; delete from londiste.upgrade where name = 'sequence_reason'");

        new Installer(db.dataSource()).installLondisteSubscriber();

        assertThat(db.sql("select count(reason) from londiste.subscriber_seq")).isEqualTo("0");
    }
}
