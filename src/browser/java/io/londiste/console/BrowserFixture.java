package io.londiste.console;

import static io.londiste.console.TrialConsole.password;

import com.microsoft.playwright.Page;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A console of its own for each test, and a browser for all tests of the class. */
abstract class BrowserFixture extends ConsoleFixture {
    static Chromium chromium;

    @BeforeAll
    static void startBrowser() {
        chromium = new Chromium();
    }

    @AfterAll
    static void endBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @AfterEach
    final void resetBrowser() {
        chromium.reset();
    }

    /** The console's first page, on a screen of this size, after a user has signed in. */
    final Page signedIn(String user, int width, int height) {
        return chromium.signedIn(console.uri(), user, new String(password(user)), width, height);
    }
}
