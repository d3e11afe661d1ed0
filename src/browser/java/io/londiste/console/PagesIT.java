package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.button;
import static io.londiste.console.Chromium.open;
import static io.londiste.console.TrialConsole.OPERATOR;
import static io.londiste.console.TrialConsole.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console's pages in states that are hard to bring about, with a job that does not run behind them. */
class PagesIT extends BrowserFixture {
    private static final List<String> TABS = List.of(
            "Overview", "Tables", "Comparisons", "Foreign keys and triggers", "Sequences", "Queues", "Check", "Help");

    @ParameterizedTest
    @CsvSource({"wide, 1280, 900", "narrow, 360, 740"})
    void everyPageFitsTheScreenAndEverybody(String size, int width, int height) throws Exception {
        try (var job = new FakeJob(14)) {
            var page = signedIn(OPERATOR, width, height);
            for (var tab : TABS) {
                open(page, tab);
                assertThat(page.getByText("Loading")).hasCount(0);
                Chromium.picture(page, size + " " + tab);
                assertThat((Boolean)
                                page.evaluate("() => document.querySelector('main').scrollWidth <= window.innerWidth"))
                        .as(tab)
                        .isTrue();
                assertThat(Chromium.barriers(page)).as(tab).isEmpty();
            }
            assertThat(job.replay).containsEntry("State", "running");
        }
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void chartsShowTheLastHoursAsTheDaemonHasThem() throws Exception {
        try (var job = new FakeJob(14)) {
            var page = signedIn(OPERATOR, 1280, 900);
            var lag = page.getByLabel("Lag behind the provider:");
            assertThat(lag).hasAttribute("aria-label", Pattern.compile(".*highest 200 ms in the last 5 min"));
            button(page, "6 h").click();
            assertThat(lag).hasAttribute("aria-label", Pattern.compile(".*highest 20 s in the last 6 h"));
            assertThat(lag.locator("polyline")).hasCount(2); // what was unknown is a gap
            page.reload();
            button(page, "6 h").click();
            assertThat(lag).hasAttribute("aria-label", Pattern.compile(".*highest 20 s in the last 6 h"));
            Chromium.picture(page, "six hours");
            assertThat(Chromium.barriers(page)).isEmpty();
            assertThat(job.replay).containsEntry("State", "running");
        }
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void restoringTriggersIsConfirmed() throws Exception {
        try (var job = new FakeJob(3)) {
            var page = signedIn(OPERATOR, 1280, 900);
            open(page, "Foreign keys and triggers");
            button(page, "Restore the triggers of shop.customer").click();
            assertThat(page.getByRole(AriaRole.DIALOG))
                    .containsText("they also fire for every row that the replay writes");
            Chromium.picture(page, "restore triggers");
            assertThat(Chromium.barriers(page)).isEmpty();
            assertThat(job.replay).containsEntry("State", "running");
        }
    }

    @Test
    void aThousandTablesAreFoundSortedAndPaged() throws Exception {
        try (var job = new FakeJob(1000)) {
            var page = signedIn(OPERATOR, 1280, 900);
            open(page, "Tables");
            var rows = page.locator("#londiste-tables tbody tr");
            assertThat(rows).hasCount(20);
            Chromium.picture(page, "1000 tables");

            page.getByLabel("Find tables by name").fill("item_77");
            assertThat(rows).hasCount(3); // 77, 772, 777
            page.getByLabel("Find tables by name").fill("");
            button(page, "Stopped 20").click();
            assertThat(rows).hasCount(20);
            assertThat(rows.first()).containsText("column \"note\" is only on the provider");
            Chromium.picture(page, "stopped tables");
            assertThat(job.replay).containsEntry("State", "running");
        }
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void whereNothingIsInstalledItReportsWhatToDo() throws Exception {
        try (var job = new FakeJob(0)) {
            var page = signedIn(OPERATOR, 1280, 900);
            open(page, "Tables");
            assertThat(Chromium.heading(page, "No tables yet")).isVisible();
            Chromium.picture(page, "empty");
            assertThat(job.replay).containsEntry("State", "running");
        }
    }

    @Test
    void aViewerIsOfferedNothingToDo() throws Exception {
        try (var job = new FakeJob(3)) {
            var page = signedIn(VIEWER, 1280, 900);
            assertThat(button(page, "Add tables")).hasCount(0);
            assertThat(button(page, "Pause")).hasCount(0);
            open(page, "Tables");
            button(page, "Actions for shop.order_0").click();
            assertThat(page.getByRole(AriaRole.MENUITEM)).hasText(new String[] {"Details"});
            assertThat(job.replay).containsEntry("State", "running");
        }
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void whatStandsInTheWayIsSaid() throws Exception {
        try (var job = new FakeJob(3)) {
            job.replay.put("State", "waiting");
            job.replay.put("Error", "the provider shop at db1:5432 does not answer; start its server");
            var page = signedIn(OPERATOR, 1280, 900);
            assertThat(page.getByText("does not answer; start its server")).isVisible();
            Chromium.picture(page, "waiting");
        }
    }

    @Test
    void aTickerAloneCanBePutRight() throws Exception {
        var asked = new CopyOnWriteArrayList<String>();
        var name = new ObjectName("io.londiste:type=Ticker,job=ticker");
        new FakeBean(new HashMap<>(Map.of(
                        "Job", "ticker",
                        "State", "waiting",
                        "Database", "database shop at db1:5432",
                        "Ticks", 0L,
                        "Error", "database shop at db1:5432: pgq is not installed; run: pgqadm ticker.ini install",
                        "RecentErrors", List.of())))
                .with("install", 0, arguments -> {
                    asked.add("install");
                    return List.of("Installed pgq");
                })
                .register(name.toString());
        try {
            var page = signedIn(OPERATOR, 1280, 900);
            assertThat(Chromium.barriers(page)).isEmpty();
            Chromium.picture(page, "ticker waiting");
            button(page, "Install PgQ").click();
            assertThat(page.getByText("Installed pgq")).isVisible();
            Chromium.picture(page, "ticker installed");
            button(page, "More for ticker").click(); // what was said does not cover it
            assertThat(asked).containsExactly("install");
        } finally {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        }
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void aSessionThatIsOverLeadsToTheLogin() throws Exception {
        try (var job = new FakeJob(3)) {
            var page = signedIn(VIEWER, 1280, 900);
            console.users.remove(VIEWER);
            assertThat(Chromium.heading(page, "Your session has expired")
                            .or(page.locator("#pf-login-username-id"))
                            .first())
                    .isVisible();
            Chromium.picture(page, "session over");
            assertThat(job.replay).containsEntry("State", "running");
        }
    }

    @Test
    void aDaemonThatHasGoneIsSaidAndWhatWasKnownStays() throws Exception {
        try (var job = new FakeJob(3)) {
            var page = signedIn(OPERATOR, 1280, 900);
            assertThat(page.getByText("of 3 tables in sync")).isVisible();
            console.stop();
            assertThat(Chromium.heading(page, "The daemon does not respond")).isVisible();
            assertThat(page.getByText("of 3 tables in sync")).isVisible();
            for (var name : List.of("Add tables", "Pause", "More for shop_copy")) {
                assertThat(button(page, name)).isDisabled();
            }
            Chromium.picture(page, "gone");
            assertThat(job.replay).containsEntry("State", "running");
        }
    }
}
