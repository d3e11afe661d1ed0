package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.button;
import static io.londiste.console.Chromium.open;
import static io.londiste.console.TrialConsole.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console's dialogs, by the keyboard alone, on wide screens and narrow ones. */
class DialogsIT extends BrowserFixture {
    private static final String TABLE = "shop.item_2";

    private FakeJob job;

    @BeforeEach
    void start() throws Exception {
        job = new FakeJob(5);
    }

    @AfterEach
    void stop() throws Exception {
        job.close();
    }

    private Page signedIn(int width, int height) {
        return signedIn(OPERATOR, width, height);
    }

    private static Locator dialog(Page page) {
        return page.getByRole(AriaRole.DIALOG);
    }

    private static void press(Locator button) {
        button.focus();
        button.press("Enter");
    }

    /** Chooses what can be done to a table as a reader of the menu would: down to it, and Enter. */
    private static void choose(Page page, String action) {
        press(button(page, "Actions for " + TABLE));
        var item = page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(action));
        while (!(Boolean) item.evaluate("item => item === document.activeElement")) {
            page.keyboard().press("ArrowDown");
        }
        page.keyboard().press("Enter");
    }

    private static void look(Page page, String name, String picture) {
        var dialog = dialog(page);
        assertThat(dialog).hasAccessibleName(name);
        Chromium.picture(page, picture);
        assertThat(Chromium.barriers(page)).as(picture).isEmpty();
        var box = dialog.boundingBox();
        int width = page.viewportSize().width;
        assertThat(box.x).as(picture).isNotNegative();
        assertThat(box.x + box.width).as(picture).isLessThanOrEqualTo(width);
        assertThat(box.width).as(picture).isGreaterThan(Math.min(width, 500) * 0.8);
        var cutOff = "dialog => [...dialog.querySelectorAll('*')].filter(each => "
                + "each.getBoundingClientRect().right > dialog.getBoundingClientRect().right + 1).length";
        assertThat(dialog.evaluate(cutOff)).as(picture).isEqualTo(0);
    }

    private static void leave(Page page, Locator opener) {
        page.keyboard().press("Escape");
        assertThat(dialog(page)).hasCount(0);
        assertThat(opener).isFocused();
    }

    @ParameterizedTest
    @CsvSource({"wide, 1280, 900", "narrow, 360, 740"})
    void theyFitTheScreenAndTheKeyboardIsEnough(String size, int width, int height) {
        var page = signedIn(width, height);
        var add = button(page, "Add tables").first();
        press(add);
        page.getByLabel("Other tables").fill("sales.*");
        press(button(page, "Options"));
        look(page, "Add tables", size + " add");
        press(button(page, "Replicate as"));
        page.locator("#londiste-add-where").fill("country = 'DE'");
        page.locator("#londiste-add-set").fill("email=md5(email)\nnote=null");
        look(page, "Add tables", size + " add declared");
        assertThat(button(page, "Add")).isEnabled();
        leave(page, add);

        open(page, "Tables");
        var details = button(page, TABLE);
        press(details);
        look(page, TABLE, size + " details");
        assertThat(dialog(page)).containsText("Replicated as");
        leave(page, details);

        var actions = button(page, "Actions for " + TABLE);
        choose(page, "Repair");
        page.getByLabel("Write the statements to files").focus();
        page.keyboard().press("ArrowDown");
        assertThat(page.getByLabel("Repair the differences")).isChecked();
        look(page, "Warning alert: Repair " + TABLE, size + " repair");
        leave(page, actions);

        choose(page, "Remove");
        look(page, "Warning alert: Remove " + TABLE + "?", size + " remove");
        leave(page, actions);
        assertThat(chromium.complaints).isEmpty();
        assertThat(job.replay).containsEntry("State", "running");
    }
}
