package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.SOON;
import static io.londiste.console.Chromium.button;
import static io.londiste.console.Chromium.open;
import static io.londiste.console.TrialConsole.OPERATOR;
import static io.londiste.console.TrialConsole.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.londiste.jmx.EmbeddedDaemon;
import io.londiste.jmx.MBeans;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rows that differ, sequences and the check of a real job, on its console. */
@ExtendWith(PostgresPair.class)
class DifferencesInBrowserIT extends BrowserFixture {
    private static final Path FIX = Path.of("fix.job.public.goods.sql"); // in the working directory of the daemon

    private Db provider;
    private Db subscriber;
    private Job job;
    private Connection lock;
    private MBeans mbeans;

    @BeforeEach
    void start(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        this.provider = provider;
        this.subscriber = subscriber;
        var schema =
                "create table goods (id int primary key, name text, note text); create sequence s; create sequence t";
        provider.sql(schema);
        subscriber.sql(schema);
        provider.sql("insert into goods select i, 'name ' || i from generate_series(1, 500) i");
        job = new Job(provider, subscriber).add("public.goods").start().awaitOk();
        lock = subscriber.connect(); // the daemon's
        lock.createStatement().execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))");
        mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()));
    }

    @AfterEach
    void end() throws IOException, SQLException {
        mbeans.close();
        lock.close();
        job.close();
        Files.deleteIfExists(FIX);
    }

    private static Locator dialog(Page page) {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** What a link of the dialog downloads. */
    private static String downloaded(Page page, String link, String name) throws IOException {
        var download = page.waitForDownload(() -> dialog(page)
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(link))
                .click());
        assertThat(download.suggestedFilename()).isEqualTo(name);
        return Files.readString(download.path());
    }

    @Test
    void theRowsThatDifferAndTheStatementsAreShownAndDownloaded() throws Exception {
        subscriber.sql("set londiste.replay = 'on'; update goods set name = 'x', note = 'a, \"b\"' where id = 2;"
                + "delete from goods where id > 300; insert into goods values (0, '')");
        var page = signedIn(OPERATOR, 1280, 900);
        open(page, "Comparisons");
        button(page, "Compare all tables").click();
        button(page, "Differing rows of public.goods").click();

        assertThat(dialog(page)).containsText("The first 100 lines.");
        assertThat(dialog(page).getByText("a, \"b\"", new Locator.GetByTextOptions().setExact(true)))
                .isVisible(SOON);
        assertThat(dialog(page).locator("mark")).hasText(new String[] {"name 2", "null", "x", "a, \"b\""});
        Chromium.picture(page, "differing rows");
        assertThat(Chromium.barriers(page)).isEmpty();
        assertThat(downloaded(page, "Download all as CSV", "rows.job.public.goods.csv")
                        .lines())
                .hasSize(1 + 1 + 2 + 200)
                .startsWith("difference,side,id,name,note")
                .contains(
                        "extra,subscriber,0,\"\",",
                        "different,provider,2,name 2,",
                        "different,subscriber,2,x,\"a, \"\"b\"\"\"")
                .containsAll(IntStream.range(301, 501)
                        .mapToObj(i -> "missing,provider," + i + ",name " + i + ",")
                        .toList());
        page.keyboard().press("Escape");

        button(page, "Repair…").first().click();
        button(page, "Write statements").click();
        button(page, "Statements that repair public.goods").click();
        assertThat(dialog(page)).containsText("update only \"public\".\"goods\"");
        Chromium.picture(page, "statements of a repair");
        assertThat(Chromium.barriers(page)).isEmpty();
        assertThat(downloaded(page, "Download all as SQL", "fix.job.public.goods.sql"))
                .isEqualTo(Files.readString(FIX));

        Files.writeString(FIX, "select 'of another job'");
        page.keyboard().press("Escape");
        button(page, "Statements that repair public.goods").click();
        assertThat(dialog(page)).containsText("was written again or removed since");
    }

    @Test
    void aViewerSeesNoRows() {
        subscriber.sql("set londiste.replay = 'on'; delete from goods where id = 7");
        var operators = signedIn(OPERATOR, 1280, 900);
        open(operators, "Comparisons");
        button(operators, "Compare all tables").click();
        assertThat(button(operators, "Differing rows of public.goods")).isVisible(SOON);

        var page = signedIn(VIEWER, 1280, 900);
        open(page, "Comparisons");
        assertThat(page.getByText("1 missing")).isVisible(SOON);
        assertThat(button(page, "Differing rows of public.goods")).hasCount(0);
        var query = "comparison=io.londiste%3Atype%3DComparison%2Cjob%3Djob%2Cid%3D1&table=public.goods";
        assertThat(page.evaluate("async url => (await fetch(url)).status", "user/download/rows?" + query))
                .isEqualTo(403);
        var answer = (String) page.evaluate("""
                async () => (await (await fetch('jolokia', {
                  method: 'POST',
                  headers: { 'Content-Type': 'application/json' },
                  body: JSON.stringify({
                    type: 'exec', mbean: 'io.londiste:type=Comparison,job=job,id=1', operation: 'differingRows',
                    arguments: ['public.goods', 0, 1024],
                  }),
                })).text())
                """);
        assertThat(answer).contains("\"status\":403").doesNotContain("name 7");
    }

    @Test
    void sequencesAreAddedFollowedAndRemoved() {
        provider.sql("select setval('s', 9223372036854775806)");
        var page = signedIn(OPERATOR, 1280, 900);
        open(page, "Sequences");
        assertThat(Chromium.heading(page, "No sequences yet")).isVisible(SOON);
        button(page, "Add sequences…").click();
        dialog(page).getByLabel("Names").fill("s");
        Chromium.picture(page, "add sequences");
        assertThat(Chromium.barriers(page)).isEmpty();
        button(page, "Add").click();
        assertThat(dialog(page)).hasCount(0);

        var row = page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("public.s"));
        assertThat(row).containsText("both sides");
        assertThat(row).containsText("equal", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        assertThat(row).containsText("9,223,372,036,854,775,806");
        Chromium.picture(page, "sequences");

        button(page, "Remove public.s").click();
        button(page, "Remove").click();
        assertThat(dialog(page)).hasCount(0);
        assertThat(row).containsText("the provider");
        button(page, "Follow public.s").click();
        assertThat(row).containsText("both sides");
        button(page, "Remove public.s").click();
        button(page, "Remove").click();
        button(page, "Unregister public.s").click();
        button(page, "Unregister").click();
        assertThat(Chromium.heading(page, "No sequences yet")).isVisible(SOON);
        assertThat(provider.number("select count(*) from londiste.provider_seq"))
                .isZero();
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void theCheckIsThatOfTheCommand() {
        var page = signedIn(VIEWER, 1280, 900);
        open(page, "Check");
        assertThat(Chromium.heading(page, "Provider")).isVisible(SOON);
        assertThat(Chromium.heading(page, "Subscriber")).isVisible(SOON);
        assertThat(page.getByText("1 subscribed, without errors")).isVisible(SOON);
        Chromium.picture(page, "check");
        assertThat(Chromium.barriers(page)).isEmpty();
        assertThat(chromium.complaints).isEmpty();
    }
}
