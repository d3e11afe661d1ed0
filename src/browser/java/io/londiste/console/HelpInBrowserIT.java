package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.londiste.console.Chromium.SOON;
import static io.londiste.console.Chromium.open;
import static io.londiste.console.TrialConsole.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The help of the console, and the documentation that it shows. */
class HelpInBrowserIT extends BrowserFixture {
    /** The headings of a page in Markdown, without those in examples. */
    private static long headings(String file) throws IOException {
        return Pattern.compile("(?m)^#+ .*")
                .matcher(Files.readString(Path.of(file)).replaceAll("(?s)```.*?```", ""))
                .results()
                .count();
    }

    private static void follow(Page page, String link) {
        page.locator("main")
                .getByRole(
                        AriaRole.LINK,
                        new Locator.GetByRoleOptions().setName(link).setExact(true))
                .first()
                .click();
    }

    @Test
    void theDocumentationOfTheProgramIsShown() throws Exception {
        try (var job = new FakeJob(3)) {
            var page = signedIn(VIEWER, 1280, 900);
            open(page, "Help");
            assertThat(Chromium.heading(page, "States of a table")).isVisible(SOON);
            Chromium.picture(page, "help");

            follow(page, "Troubleshooting");
            assertThat(Chromium.heading(page, "Troubleshooting")).isInViewport();
            assertThat(page.locator("#londiste-content").getByRole(AriaRole.HEADING))
                    .hasCount((int) headings("src/site/markdown/operations.md"));
            Chromium.picture(page, "help troubleshooting");
            assertThat(Chromium.barriers(page)).isEmpty();

            follow(page, "Help");
            for (var name : new String[] {
                "Overview",
                "Installation",
                "Operations",
                "Commands and settings",
                "Web console",
                "Routes",
                "JMX",
                "Sizing",
                "Coming from SkyTools, Londiste 3 or native logical replication"
            }) {
                follow(page, name);
                assertThat(page.locator("#londiste-content h2").first()).isVisible(SOON);
                assertThat(Chromium.barriers(page)).as(name).isEmpty();
                Chromium.picture(page, "help " + name);
                follow(page, "Help");
                assertThat(Chromium.heading(page, "States of a table")).isVisible(SOON);
            }
            assertThat(job.replay).containsEntry("State", "running");
        }
        assertThat(chromium.complaints).isEmpty();
    }

    @Test
    void theHelpOfHawtioHasAnEntry() throws Exception {
        try (var job = new FakeJob(3)) {
            var page = signedIn(VIEWER, 1280, 900);
            page.navigate(console.at("help/londiste").toString());
            assertThat(Chromium.heading(page, "What Londiste does")).isVisible(SOON);
            Chromium.picture(page, "help of hawtio");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sizing"))
                    .click();
            assertThat(Chromium.heading(page, "Sizing")).isVisible(SOON);
            assertThat(job.replay).containsEntry("State", "running");
        }
    }
}
