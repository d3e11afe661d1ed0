package io.londiste.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.definition.Creation;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.test.ReplicationFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which tables can be added, and what the others lack: what is said of a table is what happens when it is added. */
class CandidatesIT extends ReplicationFixture {
    private Provider there;
    private Subscriber here;

    @BeforeEach
    void tables() {
        there = new Provider(job.settings(), provider.dataSource());
        here = new Subscriber(job.settings(), provider.dataSource(), subscriber.dataSource());
        onBoth("""
                create table done (id int primary key);
                create table ready (id int primary key);
                create table also_ready (id int primary key);
                create table taken (id int primary key);
                create table keyless (id int);
                """);
        provider.sql("""
                create table source (id int primary key);
                create table waiting (id int primary key);
                create table only_there (id int primary key);
                create table wider (id int primary key, note text);
                create unlogged table scratch (id int primary key);
                """);
        subscriber.sql("""
                create unlogged table waiting (id int primary key);
                create table wider (id int primary key);
                create table scratch (id int primary key);
                """);
        there.add(Selection.of("waiting", "done", "ready", "source"));
        here.add(Selection.of("done"), AddOptions.NONE);
        here.add(Selection.of("source"), as("taken"));
    }

    private static AddOptions as(String name) {
        return new AddOptions(
                false,
                false,
                false,
                false,
                Creation.NONE,
                new Declaration(Selection.name(name), null, List.of(), Map.of()));
    }

    @Test
    void tablesThatAreNotSubscribedAreListedWithWhatStandsInTheWay() {
        assertThat(Candidates.list(there, here))
                .extracting(each -> each.name()
                        + (each.registered() ? " registered " : " ")
                        + (each.avoidable() ? "avoidable " : "")
                        + (each.missing() ? "missing " : "")
                        + each.problem())
                .satisfiesExactly(
                        each -> assertThat(each)
                                .startsWith("public.waiting registered avoidable table public.waiting is unlogged on"),
                        each -> assertThat(each).isEqualTo("public.ready registered null"),
                        each -> assertThat(each).isEqualTo("public.also_ready null"),
                        each -> assertThat(each).isEqualTo("public.keyless no primary key"),
                        each -> assertThat(each)
                                .isEqualTo("public.only_there avoidable missing no such table on the subscriber"),
                        each -> assertThat(each).startsWith("public.scratch unlogged, so that a crash"),
                        each -> assertThat(each)
                                .isEqualTo("public.taken avoidable table public.taken is subscribed already, from table"
                                        + " public.source of the provider"),
                        each -> assertThat(each)
                                .isEqualTo("public.wider avoidable the subscriber's table has no column note"));
    }

    @Test
    void whatIsSaidOfATableIsWhatHappensWhenItIsAdded() {
        for (var candidate : Candidates.list(there, here)) {
            var table = Selection.of(candidate.name().toString());
            if (candidate.problem() == null) {
                there.add(table);
                assertThat(here.add(table, AddOptions.NONE)).containsExactly(candidate.name());
            } else if (candidate.avoidable()) {
                there.add(table);
                assertThatThrownBy(() -> here.add(table, AddOptions.NONE))
                        .as(candidate.toString())
                        .hasMessageContaining("nothing was changed");
            } else {
                assertThatThrownBy(() -> there.add(table)).hasMessageContaining(candidate.problem());
            }
        }

        subscriber.sql("create table other_name (id int primary key)");
        assertThat(here.add(Selection.of("taken"), as("other_name"))).hasSize(1); // avoidable indeed
    }

    @Test
    void whatIsAddedIsNoCandidateAnyMore() {
        for (var candidate : Candidates.list(there, here)) {
            if (candidate.problem() == null) {
                there.add(Selection.of(candidate.name().toString()));
                here.add(Selection.of(candidate.name().toString()), AddOptions.NONE);
            }
        }

        assertThat(Candidates.list(there, here))
                .extracting(each -> each.name().name())
                .isEqualTo(List.of("waiting", "keyless", "only_there", "scratch", "taken", "wider"));
    }
}
