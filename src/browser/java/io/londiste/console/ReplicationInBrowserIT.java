package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.button;
import static io.londiste.console.Chromium.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import io.londiste.test.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An operator's day in a real browser, before a replay that is a process of its own. */
@ExtendWith(PostgresPair.class)
class ReplicationInBrowserIT {
    private static final Pattern ADDRESS = Pattern.compile("Console at (http://\\S+)");
    private static final String OPERATOR = "bob";
    private static final String VIEWER = "ann";
    private static final LocatorAssertions.IsVisibleOptions SOON =
            new LocatorAssertions.IsVisibleOptions().setTimeout(30_000);

    @TempDir
    Path directory;

    private Chromium chromium;
    private Process replay;
    private Db provider;
    private Db subscriber;
    private TcpProxy proxy;
    private URI console;

    @BeforeEach
    void startReplay(@Provider Db provider, @Subscriber Db subscriber) throws IOException {
        chromium = new Chromium();
        this.provider = provider;
        this.subscriber = subscriber;
        var tables = "create table customer (id int primary key, name text); create table goods (id int primary key)";
        provider.sql(tables);
        subscriber.sql(tables);
        provider.sql("insert into customer select i, 'name ' || i from generate_series(1, 500) i");
        proxy = provider.proxy();
        var job = new Job(provider, subscriber).ini().replace(provider.libpq(), provider.libpq(proxy));
        var ini = Files.writeString(directory.resolve("conf.ini"), job + "console = 127.0.0.1:0\n");
        var users = new Users(directory.resolve("conf.ini.users"));
        users.add(VIEWER, Role.VIEWER, VIEWER.toCharArray());
        users.add(OPERATOR, Role.OPERATOR, OPERATOR.toCharArray());
        var log = directory.resolve("log");
        replay = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.londiste.Main",
                        ini.toString(),
                        "replay")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().until(() -> Files.readString(log).contains(": Started "));
        var address = ADDRESS.matcher(Files.readString(log));
        assertThat(address.find()).isTrue();
        console = URI.create(address.group(1));
    }

    @AfterEach
    void end() {
        if (replay != null) {
            replay.destroyForcibly();
            replay.onExit().join();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    private Page signedIn(String user) {
        return chromium.signedIn(console, user, user, 1280, 900);
    }

    private static Locator row(Page page, String table) {
        return page.locator("#londiste-tables tbody tr").filter(new Locator.FilterOptions().setHasText(table));
    }

    private static void choose(Page page, String table, String action) {
        button(page, "Actions for " + table).click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(action))
                .click();
    }

    private static void add(Page page, String table) {
        button(page, "Add tables").first().click();
        page.getByLabel("Other tables").fill(table);
        page.getByRole(AriaRole.DIALOG)
                .getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName("Add").setExact(true))
                .click();
        awaitNoDialog(page);
    }

    /** Dialogs close when what they ask for is done; one that stays open says why. */
    private static void awaitNoDialog(Page page) {
        await("no dialog")
                .pollInSameThread()
                .until(() -> page.getByRole(AriaRole.DIALOG).allInnerTexts(), List::isEmpty);
    }

    /** The replay tries a stopped table again by itself: if it is first, the command is refused, and its dialog says so. */
    private static void awaitNoDialogOrRefusal(Page page) {
        await("no dialog").pollInSameThread().until(() -> {
            var dialogs = page.getByRole(AriaRole.DIALOG).allInnerTexts();
            if (dialogs.toString().contains("continues to ok already")) {
                button(page, "Cancel").click();
            }
            return dialogs.isEmpty();
        });
    }

    private static void awaitState(Page page, String table, String state) {
        assertThat(row(page, table))
                .containsText(state, new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
    }

    @Test
    void figuresOfAProviderThatIsDownAreMarkedAsOld() {
        var page = signedIn(OPERATOR);
        open(page, "Overview");
        assertThat(page.getByText("Nothing.")).isVisible(SOON);
        proxy.down();
        assertThat(page.getByText("The figures of the provider are those of")).isVisible(SOON);
        assertThat(page.getByText("running, with an error")).isVisible(SOON);
        assertThat(page.getByText("No table; see the error above.")).isVisible(SOON);
        assertThat(page.getByText("Nothing.")).hasCount(0);
        Chromium.picture(page, "provider down");
        open(page, "Queues");
        assertThat(page.getByText(", the last known")).isVisible(SOON);
        Chromium.picture(page, "queues of a provider that is down");
        proxy.up();
        open(page, "Overview");
        assertThat(page.getByText("Nothing.")).isVisible(SOON);
    }

    @Test
    void whatWasDoneOnTheProviderIsSaidWhenTheSubscriberRefuses() {
        subscriber.sql("drop table goods");
        var page = signedIn(OPERATOR);
        button(page, "Add tables").first().click();
        page.getByLabel("Other tables").fill("goods");
        var dialog = page.getByRole(AriaRole.DIALOG);
        dialog.getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName("Add").setExact(true))
                .click();
        assertThat(dialog.getByText("Registered on the provider. Not added on the subscriber: "))
                .isVisible(SOON);
        assertThat(dialog).containsText("no such table: public.goods");
        Chromium.picture(page, "done in part");
    }

    @Test
    void aQueueWithoutTicksIsShownWithTheRemedy() {
        provider.sql("update pgq.queue set queue_ticker_paused = true, queue_ticker_idle_period = '1 s'");
        var page = signedIn(OPERATOR);
        open(page, "Queues");
        assertThat(Chromium.heading(page, "No ticks")).isVisible(SOON);
        assertThat(page.getByText("its ticker is paused; resume it").first()).isVisible(SOON);
        Chromium.picture(page, "queue without ticks");
        provider.sql("update pgq.queue set queue_ticker_paused = false");
        assertThat(Chromium.heading(page, "No ticks")).hasCount(0);
    }

    @Test
    void aTableIsAddedCopiedComparedAndRepaired() {
        var page = signedIn(OPERATOR);
        open(page, "Tables");
        assertThat(Chromium.heading(page, "No tables yet")).isVisible();
        add(page, "customer");
        awaitState(page, "public.customer", "in sync");
        assertThat(subscriber.number("select count(*) from customer")).isEqualTo(500);
        Chromium.picture(page, "job with a table");

        choose(page, "public.customer", "Resync");
        button(page, "Resync").click();
        awaitNoDialog(page);
        await().until(() ->
                subscriber.number("select count(*) from londiste.subscriber_table where merge_state = 'ok'") == 1);
        awaitState(page, "public.customer", "in sync");

        subscriber.sql(
                "set londiste.replay = 'on'; update customer set name = 'x' where id = 7; delete from customer where id = 8");
        choose(page, "public.customer", "Compare");
        awaitState(page, "public.customer", "differs");
        open(page, "Comparisons");
        assertThat(page.getByText("1 missing, 1 different")).isVisible(SOON);
        Chromium.picture(page, "job with differences");

        button(page, "Repair…").first().click();
        page.getByLabel("Repair the differences").check();
        button(page, "Repair").click();
        await().until(() -> subscriber
                .sql("select name from customer where id in (7, 8) order by id")
                .equals("name 7\nname 8"));
        assertThat(page.getByText("2 statements executed")).isVisible(SOON);
        assertThat(button(page, "Repair…")).hasCount(0);
        Chromium.picture(page, "job repaired");
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void aTableThatStopsReportsWhyAndContinuesWhenThatIsFixed() {
        var page = signedIn(OPERATOR);
        open(page, "Tables");
        add(page, "goods");
        awaitState(page, "public.goods", "in sync");

        provider.sql("alter table goods add note text; insert into goods values (1, 'new')");
        awaitState(page, "public.goods", "stopped");
        assertThat(row(page, "public.goods")).containsText("note");
        Chromium.picture(page, "job with a stopped table");
        open(page, "Overview");
        assertThat(page.getByText("each table is then retried automatically")).isVisible();

        button(page, "public.goods").click();
        var dialog = page.getByRole(AriaRole.DIALOG);
        assertThat(dialog).containsText("subscriber retry public.goods");
        assertThat(button(page, "Retry")).isEnabled();
        Chromium.picture(page, "dialog of a stopped table");
        assertThat(Chromium.barriers(page)).isEmpty();
        subscriber.sql("alter table goods add note text");
        button(page, "Resync…").click();
        assertThat(dialog).containsText("All rows on the subscriber are deleted");
        button(page, "Resync").click();
        awaitNoDialogOrRefusal(page);
        open(page, "Tables");
        await().until(() -> subscriber.sql("select note from goods").equals("new"));
        assertThat(row(page, "public.goods"))
                .not()
                .containsText("stopped", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void theReplayIsPausedAndResumedAndItsRoutesAreDiagrams() {
        var page = signedIn(OPERATOR);
        button(page, "Pause").click();
        assertThat(button(page, "Resume")).isVisible(SOON);
        button(page, "Resume").click();
        assertThat(button(page, "Pause")).isVisible(SOON);

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Camel"))
                .click();
        assertThat(page.getByText("job-replay").first()).isVisible(SOON);
        page.getByText("routes", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        var labels = page.locator(".camel-node-label");
        assertThat(labels.filter(new Locator.FilterOptions().setHasText("decode-events")))
                .isVisible(SOON);
        Chromium.picture(page, "camel");
        // ids of the files, not "bean27"; a split or filter has its expression in addition, and a redelivery policy has
        // no id
        assertThat(labels.allInnerTexts())
                .hasSizeGreaterThan(50)
                .filteredOn(label -> !label.equals("Redelivery Policy"))
                .allMatch(label -> label.matches("[a-z]+(-[a-z]*)*(:.*|[.]{3})?"));
        assertThat(page.locator(".camel-node-id").allInnerTexts())
                .contains("(ID: decode-events)", "(ID: add-changes-to-transaction)");
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void aViewerIsRefused() {
        var page = signedIn(VIEWER);
        assertThat(button(page, "Add tables")).hasCount(0);

        var answer = (String) page.evaluate("""
                async () => (await (await fetch('jolokia', {
                  method: 'POST',
                  headers: { 'Content-Type': 'application/json' },
                  body: JSON.stringify({ type: 'exec', mbean: 'io.londiste:type=Replay,job=job', operation: 'pause' }),
                })).text())
                """);

        assertThat(answer).contains("\"status\":403");
        assertThat(List.of(replay.isAlive())).containsExactly(true);
    }
}
