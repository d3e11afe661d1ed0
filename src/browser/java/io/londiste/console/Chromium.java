package io.londiste.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real browser; tests that want one are skipped where there is none. */
final class Chromium implements AutoCloseable {
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final double PATIENCE_MILLIS = 30_000;

    /**
     * What Hawtio logs when an MBean disappears while it asks for all of them, or the routes of a comparison end while
     * it reads them; it asks again.
     */
    private static final Pattern HAWTIO_RACE = Pattern.compile("A request to list the JMX tree failed"
            + "|InstanceNotFoundException.*context=job-compare,"
            + "|Failed to load routes xml for 'job-compare'");

    private final Playwright playwright;
    private final Browser browser;

    /** What pages have complained of, in the browser's console. */
    final List<String> complaints = new ArrayList<>();

    Chromium() {
        var program = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(program.isPresent(), "no Chromium is installed here");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program.get())
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    /** Forgets the pages that were opened, and what they have complained of. */
    void reset() {
        List.copyOf(browser.contexts()).forEach(BrowserContext::close);
        complaints.clear();
    }

    /** A page of a user who has signed in, with our page open. */
    Page signedIn(URI console, String user, String password, int width, int height) {
        var page = browser.newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setReducedMotion(ReducedMotion.REDUCE))
                .newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())
                    && !HAWTIO_RACE.matcher(message.text()).find()) {
                complaints.add(message.text() + " at " + message.location());
            }
        });
        page.onPageError(complaints::add);
        page.navigate(console.toString());
        page.fill("#pf-login-username-id", user);
        page.fill("#pf-login-password-id", password);
        page.click("button[type=submit]");
        page.locator("h1:visible").waitFor();
        return page;
    }

    /** For what servers have to do first. */
    static final LocatorAssertions.IsVisibleOptions SOON =
            new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS);

    static Locator heading(Page page, String text) {
        return page.getByRole(
                AriaRole.HEADING, new Page.GetByRoleOptions().setName(Pattern.compile(".*" + text + ".*")));
    }

    static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Opens one of our page's tabs. */
    static void open(Page page, String tab) {
        var link = page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName(tab));
        link.click();
        assertThat(link).hasAttribute("aria-selected", "true");
    }

    /**
     * What keeps out people who do not see, or see little, by the rules of axe: roles, names, labels, contrast. In the
     * dialog, or else in our page, without Hawtio's frame around it.
     */
    @SuppressWarnings("unchecked") // it is a list of texts
    static List<String> barriers(Page page) {
        page.evaluate(axe());
        return (List<String>) page.evaluate("""
                async () => {
                  const found = await axe.run(document.querySelector('[role=dialog]') ?? document.querySelector('main'))
                  return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}`))
                }
                """);
    }

    private static String axe() {
        try (var script = Chromium.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps a picture of the page, for people to check. */
    static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
