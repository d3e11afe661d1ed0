package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.button;
import static io.londiste.console.TrialConsole.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The dialog that adds tables: what it offers, and how it adds many. */
class AddTablesIT extends BrowserFixture {
    private static final String INI = "'/etc/londiste/the shop'\\''s copy.ini'";

    private final List<String> registered = Collections.synchronizedList(new ArrayList<>());
    private final List<String> subscribed = Collections.synchronizedList(new ArrayList<>());
    private FakeJob job;
    private Page page;

    @BeforeEach
    void open() throws Exception {
        job = new FakeJob(3);
        job.provider.with("add", 2, arguments -> done(registered, arguments));
        job.subscriber.with("add", 16, arguments -> done(subscribed, arguments));
        page = signedIn(OPERATOR, 1280, 900);
    }

    @AfterEach
    void close() throws Exception {
        job.close();
    }

    private static List<String> names(Object[] arguments) {
        return List.of(((String) arguments[0]).split(","));
    }

    private static List<String> done(List<String> added, Object[] arguments) {
        added.addAll(names(arguments));
        return List.of("Added " + arguments[0]);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    private Locator inDialog(String button) {
        return dialog().getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(button).setExact(true));
    }

    private Locator table(String name) {
        return page.locator("[id='londiste-add-" + name + "']");
    }

    private void addMany() {
        job.provider.with("candidates", 0, arguments -> FakeJob.candidates(1500));
        button(page, "Add tables").click();
        page.getByLabel("All (1,500)").check();
        inDialog("Add").click();
    }

    @Test
    void whatCannotBeAddedSaysWhyAndWhatDiffersCanBeForced() {
        button(page, "Add tables").click();
        assertThat(table("shop.audit")).isDisabled();
        assertThat(table("shop.stock")).isDisabled();
        assertThat(dialog()).containsText("Cannot be added: no primary key");
        assertThat(dialog()).containsText("2 tables cannot be added as they are.");
        table("shop.stock").scrollIntoViewIfNeeded();
        Chromium.picture(page, "add refused");
        assertThat(Chromium.barriers(page)).isEmpty();

        button(page, "Options").click();
        page.getByLabel("Add them even if their structure differs").check();
        assertThat(dialog()).containsText("Differs: the subscriber's table has no column note");
        assertThat(table("shop.audit")).isDisabled();
        table("shop.stock").check();
        table("shop.new_1").check();
        assertThat(dialog().locator("pre"))
                .hasText("londiste " + INI + " provider add shop.new_1\nlondiste " + INI
                        + " subscriber add --force shop.new_1 shop.stock");
        inDialog("Add").click();

        assertThat(dialog()).hasCount(0);
        assertThat(registered).containsExactly("shop.new_1");
        assertThat(subscribed).containsExactly("shop.new_1", "shop.stock");
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void manyTablesAreAddedWithProgressAndTheRefusedOnesAreNamed() {
        var go = new CountDownLatch(1);
        job.subscriber.with("add", 16, arguments -> {
            if (names(arguments).contains("shop.new_55")) {
                throw new IllegalStateException("role r may not write shop.new_55; nothing was changed");
            }
            if (names(arguments).contains("shop.new_120")) {
                await(go);
            }
            return done(subscribed, arguments);
        });
        addMany();

        assertThat(dialog()).containsText("Added 119 of 1,500, 1 refused");
        Chromium.picture(page, "adding");
        assertThat(Chromium.barriers(page)).isEmpty();
        go.countDown();

        assertThat(dialog())
                .containsText(
                        "Added 1,499 of 1,500 tables", new LocatorAssertions.ContainsTextOptions().setTimeout(120_000));
        assertThat(dialog())
                .containsText(
                        "shop.new_55: Registered on the provider. Not added on the subscriber: role r may not write"
                                + " shop.new_55; nothing was changed");
        Chromium.picture(page, "added but one");
        assertThat(Chromium.barriers(page)).isEmpty();
        assertThat(registered).hasSize(750).doesNotHaveDuplicates();
        assertThat(subscribed).hasSize(1499).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNotAboutATableEndsTheWork() {
        job.subscriber.with("add", 16, arguments -> {
            throw new IllegalStateException("subscriber shop_copy at db2:5432 does not respond");
        });
        addMany();

        assertThat(dialog()).containsText("Added 0 of 1,500 tables");
        assertThat(dialog()).containsText("The others were not tried");
        assertThat(registered).hasSize(10);
    }

    @Test
    void addingEndsWhenTheDialogIsClosed() {
        var go = new CountDownLatch(1);
        job.subscriber.with("add", 16, arguments -> {
            if (names(arguments).contains("shop.new_40")) {
                await(go);
            }
            return done(subscribed, arguments);
        });
        addMany();
        assertThat(dialog()).containsText("Added 40 of 1,500");

        inDialog("Stop").click();
        go.countDown();

        assertThat(page.getByText("Added 60 of 1,500 tables")).isVisible();
        assertThat(dialog()).hasCount(0);
        assertThat(subscribed).hasSize(60);
    }

    @Test
    void theCommandLineIsCopied() {
        page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
        button(page, "Add tables").click();
        page.getByLabel("Other tables").fill("sales.*, \"a b\"");
        button(page, "Replicate as").click();
        page.locator("#londiste-add-where").fill("country = 'DE'");
        page.locator("#londiste-add-partitionBy").fill("created:daily");
        page.locator("#londiste-add-retention").fill("90 days");
        Chromium.picture(page, "add-tables");
        button(page, "Copy the command line").click();

        assertThat(button(page, "Copy the command line")).hasText("Copied");
        assertThat(page.evaluate("() => navigator.clipboard.readText()"))
                .isEqualTo(
                        "londiste " + INI + " provider add 'sales.*' '\"a b\"'\nlondiste " + INI
                                + " subscriber add --where 'country = '\\''DE'\\''' --partition-by created:daily --retention '90 days' 'sales.*' '\"a b\"'");
    }

    @Test
    void whatHasNoDialogHasItsCommandLineAsWell() {
        button(page, "More for shop_copy").click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("On the command line…"))
                .click();

        assertThat(dialog().locator("pre"))
                .hasText(
                        "londiste -r %1$s londiste %1$s provider install londiste %1$s subscriber install londiste %1$s compare londiste %1$s compare TABLE londiste %1$s subscriber add-seq SEQUENCE"
                                .formatted(INI));
        Chromium.picture(page, "commands");
        assertThat(Chromium.barriers(page)).isEmpty();
    }
}
