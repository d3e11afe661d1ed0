package io.londiste.console;

import static io.londiste.console.TrialConsole.OPERATOR;
import static io.londiste.console.TrialConsole.VIEWER;
import static io.londiste.console.TrialConsole.browser;
import static io.londiste.console.TrialConsole.password;
import static io.londiste.console.TrialConsole.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The answers of the console to users that it lets in. */
class ConsoleResponsesTest extends ConsoleFixture {
    @Test
    void answersForbidFramesScriptsOfOthersAndGuesses() throws Exception {
        var headers =
                send(browser(), HttpRequest.newBuilder(console.at("login"))).headers();

        assertThat(headers.firstValue("Content-Security-Policy")).hasValueSatisfying(policy -> assertThat(policy)
                .contains("script-src 'self'", "frame-ancestors 'none'"));
        assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("Server")).isEmpty();
        var cookie = console.login(browser(), VIEWER, new String(password(VIEWER)))
                .headers()
                .firstValue("Set-Cookie");
        assertThat(cookie).hasValueSatisfying(set -> assertThat(set).contains("HttpOnly", "SameSite=Strict"));
    }

    @Test
    void largeAnswersAreCompressedAndRequestsAreNotUnpacked() throws Exception {
        var operator = console.signedIn(OPERATOR);
        var list = "{\"type\": \"list\"}";

        var answer = operator.send(
                console.post("jolokia", list).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new String(new GZIPInputStream(answer.body()).readAllBytes(), StandardCharsets.UTF_8))
                .contains("\"status\":200");

        var bomb = new ByteArrayOutputStream();
        try (var packed = new GZIPOutputStream(bomb)) {
            packed.write(list.getBytes(StandardCharsets.UTF_8));
        }
        var request = console.post("jolokia", "")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(bomb.toByteArray()));
        assertThat(send(operator, request).body()).doesNotContain("\"status\":200");
    }
}
