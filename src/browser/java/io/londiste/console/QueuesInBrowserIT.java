package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.SOON;
import static io.londiste.console.Chromium.button;
import static io.londiste.console.Chromium.open;
import static io.londiste.console.TrialConsole.OPERATOR;
import static io.londiste.console.TrialConsole.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.daemon.DaemonControl;
import io.londiste.jmx.MBeans;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The queues of a real database, on the console of a ticker. */
@ExtendWith(PostgresPair.class)
class QueuesInBrowserIT extends BrowserFixture {
    private Db db;
    private MBeans mbeans;

    @BeforeEach
    void register(@Provider Db provider) {
        db = provider;
        new Installer(db.dataSource()).installPgq();
        db.sql("select pgq.create_queue('mails'); select pgq.register_consumer('mails', 'reader')");
        mbeans = MBeans.register(
                Settings.of(Section.PGQADM, Map.of("job_name", "ticker", "db", db.libpq())),
                new DaemonControl(() -> {}));
    }

    @AfterEach
    void end() {
        mbeans.close();
    }

    private static Locator dialog(Page page) {
        return page.getByRole(AriaRole.DIALOG);
    }

    private static void choose(Page page, String queue, String action) {
        button(page, "Actions for " + queue).click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(action))
                .click();
    }

    /** Presses a button of the dialog, which closes when that is done. */
    private static void confirm(Page page, String name) {
        dialog(page)
                .getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(name).setExact(true))
                .click();
        assertThat(dialog(page)).hasCount(0);
    }

    /** The heading of a queue; messages about it are headings as well. */
    private static Locator queue(Page page, String name) {
        return page.getByRole(
                AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void name(Page page, String label, String name) {
        dialog(page).getByLabel(label).fill(name);
    }

    @Test
    void queuesAreCreatedConfiguredAndDropped() {
        var page = signedIn(OPERATOR, 1280, 900);
        open(page, "Queues");
        assertThat(queue(page, "mails")).isVisible(SOON);

        button(page, "Create a queue…").click();
        name(page, "Name of the queue", "orders");
        assertThat(dialog(page).locator("pre")).containsText(Pattern.compile("^pgqadm .+ create orders$"));
        Chromium.picture(page, "create queue");
        assertThat(Chromium.barriers(page)).isEmpty();
        confirm(page, "Create");
        assertThat(queue(page, "orders")).isVisible(SOON);

        choose(page, "orders", "Configure…");
        assertThat(button(page, "Configure")).isDisabled();
        dialog(page).getByLabel("ticker_max_count").fill("7");
        dialog(page).getByLabel("rotation_period").fill("never");
        Chromium.picture(page, "configure queue");
        assertThat(Chromium.barriers(page)).isEmpty();
        button(page, "Configure").click();
        assertThat(dialog(page)).containsText("Not done: ");
        assertThat(dialog(page)).containsText("invalid input syntax for type interval: \"never\"");
        dialog(page).getByLabel("rotation_period").fill("3 hours");
        dialog(page).getByLabel("ticker_paused").check();
        assertThat(dialog(page).locator("pre"))
                .containsText(Pattern.compile(
                        "^pgqadm .+ config orders ticker_max_count=7 'rotation_period=3 hours' ticker_paused=true$"));
        confirm(page, "Configure");
        assertThat(db.sql("select queue_ticker_max_count, queue_rotation_period, queue_ticker_paused from pgq.queue"
                        + " where queue_name = 'orders'"))
                .isEqualTo("7|03:00:00|t");
        assertThat(page.getByText("paused", new Page.GetByTextOptions().setExact(true)))
                .isVisible(SOON);

        choose(page, "mails", "Drop…");
        assertThat(dialog(page)).containsText("It has consumers: reader. Unregister them first.");
        assertThat(button(page, "Drop")).isDisabled();
        page.keyboard().press("Escape");
        choose(page, "orders", "Drop…");
        assertThat(dialog(page)).containsText("All of its events are deleted");
        Chromium.picture(page, "drop queue");
        confirm(page, "Drop");
        assertThat(queue(page, "orders")).hasCount(0);
        assertThat(db.rows("select queue_name from pgq.queue")).containsExactly("mails");
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void consumersAreRegisteredFoundAndUnregistered() {
        db.sql("select pgq.create_queue('orders')");
        var page = signedIn(OPERATOR, 1280, 900);
        open(page, "Queues");

        choose(page, "orders", "Register a consumer…");
        name(page, "Name of the consumer", "writer");
        confirm(page, "Register");
        var rows = page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("Unregister…"));
        assertThat(rows).hasCount(2);

        page.getByLabel("Find queues and consumers by name").fill("WRIT");
        assertThat(rows).hasCount(1);
        assertThat(queue(page, "mails")).hasCount(0);
        Chromium.picture(page, "find consumer");
        page.getByLabel("Find queues and consumers by name").fill("nothing");
        assertThat(Chromium.heading(page, "No queues found")).isVisible(SOON);
        page.getByLabel("Find queues and consumers by name").fill("");

        button(page, "Unregister writer").click();
        assertThat(dialog(page)).containsText("Events of orders that it has not read are no longer kept for it.");
        confirm(page, "Unregister");
        await().until(() -> db.number("select count(*) from pgq.get_consumer_info('orders')") == 0);
        assertThat(rows).hasCount(1);
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void aViewerSeesThemAndChangesNothing() {
        var page = signedIn(VIEWER, 1280, 900);
        open(page, "Queues");

        assertThat(page.getByText("reader", new Page.GetByTextOptions().setExact(true)))
                .isVisible(SOON);
        for (var name : new String[] {"Create a queue…", "Actions for mails", "Unregister reader"}) {
            assertThat(button(page, name)).hasCount(0);
        }
        var answer = (String) page.evaluate("""
                async () => (await (await fetch('jolokia', {
                  method: 'POST',
                  headers: { 'Content-Type': 'application/json' },
                  body: JSON.stringify({ type: 'exec', mbean: 'io.londiste:type=Ticker,job=ticker', operation: 'create', arguments: ['x'] }),
                })).text())
                """);
        assertThat(answer).contains("\"status\":403");
        assertThat(db.rows("select queue_name from pgq.queue")).containsExactly("mails");
    }

    @Test
    void theCheckShowsWhatIsMissing() {
        db.sql("drop schema pgq cascade");
        var page = signedIn(VIEWER, 1280, 900);
        open(page, "Check");

        assertThat(page.getByText("pgq is not installed").last()).isVisible(SOON);
        assertThat(page.getByText(Pattern.compile("^1 problem"))).isVisible(SOON);
        new Installer(db.dataSource()).installPgq();
        button(page, "Check again").click();
        assertThat(page.getByText("All is as it should be").or(page.getByText(Pattern.compile("^\\d+ warnings?$"))))
                .isVisible(SOON);
        Chromium.picture(page, "check of a ticker");
        assertThat(Chromium.barriers(page)).isEmpty();
        assertThat(chromium.complaints).isEmpty();
    }
}
