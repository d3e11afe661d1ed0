package io.londiste.console;

import static io.londiste.console.ConsoleFixture.BEAN;
import static io.londiste.console.ConsoleFixture.OPERATOR;
import static io.londiste.console.ConsoleFixture.VIEWER;
import static io.londiste.console.ConsoleFixture.browser;
import static io.londiste.console.ConsoleFixture.password;
import static io.londiste.console.ConsoleFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody tries the console's doors. */
class DoorsTest {
    @TempDir
    Path directory;

    private ConsoleFixture fixture;

    @BeforeEach
    void start() throws JMException {
        fixture = new ConsoleFixture(directory);
    }

    @AfterEach
    void stop() throws JMException {
        fixture.close();
    }

    private static int status(HttpClient browser, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return send(browser, request).statusCode();
    }

    /** What Jolokia says in an answer that is always 200. */
    private static int jolokiaStatus(HttpClient browser, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        var answer = send(browser, request);
        assertThat(answer.statusCode()).isEqualTo(200);
        return Integer.parseInt(answer.body().replaceFirst("(?s).*\"status\":(\\d+).*", "$1"));
    }

    private void assertLogged(String part) {
        // The line is written when the answer is out.
        await().untilAsserted(() -> assertThat(fixture.logged())
                .anySatisfy(
                        line -> assertThat(line).startsWith("console: refused ").contains(part)));
    }

    private HttpRequest.Builder look() {
        return fixture.jolokia("exec", BEAN, "look()", null);
    }

    private HttpRequest.Builder act() {
        return fixture.jolokia("exec", BEAN, "act()", null);
    }

    @Test
    void whoHasSignedInGetsWhatHisRoleMay() throws Exception {
        var viewer = fixture.signedIn(VIEWER);
        var operator = fixture.signedIn(OPERATOR);

        assertThat(jolokiaStatus(viewer, fixture.jolokia("read", BEAN, "Count", null)))
                .isEqualTo(200);
        assertThat(jolokiaStatus(viewer, look())).isEqualTo(200);
        assertThat(jolokiaStatus(operator, act())).isEqualTo(200);
        assertThat(jolokiaStatus(operator, fixture.jolokia("write", BEAN, "Count", "7")))
                .isEqualTo(200);
        assertThat(fixture.bean.getCount()).isEqualTo(7);
    }

    @Test
    void aViewerDoesNotAct() throws Exception {
        var viewer = fixture.signedIn(VIEWER);

        assertThat(jolokiaStatus(viewer, act())).isEqualTo(403);
        assertThat(jolokiaStatus(viewer, fixture.jolokia("exec", BEAN, "act", null)))
                .isEqualTo(403);
        assertThat(jolokiaStatus(viewer, fixture.jolokia("write", BEAN, "Count", "7")))
                .isEqualTo(403);
        assertThat(fixture.bean.getCount()).isZero();
        assertLogged("executing act() of " + BEAN + ", as ann (viewer)");
        assertLogged("setting Count of " + BEAN + ", as ann (viewer)");
    }

    @Test
    void hawtioMayAskWhetherJolokiaIsThere() throws Exception {
        var probe = HttpRequest.newBuilder(fixture.at("jolokia"));
        assertThat(send(fixture.signedIn(VIEWER), probe).body()).contains("\"agent\"");
        assertThat(status(browser(), probe)).isEqualTo(403);
    }

    @Test
    void nobodyGetsNothing() throws Exception {
        assertThat(send(browser(), HttpRequest.newBuilder(fixture.at("user"))).body())
                .isEmpty();
        assertThat(status(browser(), look())).isEqualTo(403);
        assertThat(status(browser(), fixture.jolokia("read", BEAN, "Count", null)))
                .isEqualTo(403);
        assertThat(status(browser(), HttpRequest.newBuilder(fixture.at("user/role"))))
                .isEqualTo(403);
        var page = send(browser(), HttpRequest.newBuilder(fixture.at("londiste")));
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location"))
                .hasValueSatisfying(at -> assertThat(at).endsWith("/hawtio/login"));
        assertLogged("POST /hawtio/jolokia of 127.0.0.1: 403");
    }

    @Test
    void whoSignsOutOrIsRemovedIsOut() throws Exception {
        var viewer = fixture.signedIn(VIEWER);
        status(viewer, HttpRequest.newBuilder(fixture.at("auth/logout")));
        assertThat(status(viewer, look())).isEqualTo(403);

        var operator = fixture.signedIn(OPERATOR);
        fixture.users.changePassword(OPERATOR, "other".toCharArray());
        assertThat(status(operator, act())).isEqualTo(403);

        viewer = fixture.signedIn(VIEWER);
        fixture.users.remove(VIEWER);
        assertThat(status(viewer, look())).isEqualTo(403);
    }

    @Test
    void whoGuessesHasToWait() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.login(browser(), OPERATOR, "guess" + i).statusCode())
                    .isEqualTo(403);
        }
        var answer = fixture.login(browser(), OPERATOR, "guess");

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValueAsLong("Retry-After")).isPresent();
        assertLogged("POST /hawtio/auth/login of 127.0.0.1: 429, too many failed logins");
    }

    @Test
    void scriptsMayBringTheirCredentialsToJolokiaAndOnlyThere() throws Exception {
        assertThat(jolokiaStatus(browser(), look().header("Authorization", basic(VIEWER, password(VIEWER)))))
                .isEqualTo(200);
        assertThat(jolokiaStatus(browser(), act().header("Authorization", basic(VIEWER, password(VIEWER)))))
                .isEqualTo(403);
        assertThat(status(browser(), look().header("Authorization", basic(VIEWER, password(OPERATOR)))))
                .isEqualTo(403);
        assertThat(status(
                        browser(),
                        HttpRequest.newBuilder(fixture.at("londiste"))
                                .header("Authorization", basic(VIEWER, password(VIEWER)))))
                .isEqualTo(403);
        assertLogged("credentials elsewhere than at jolokia");
    }

    private static String basic(String user, char[] password) {
        var both = user + ":" + new String(password);
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example",
        "Origin, null",
        "Origin, http://127.0.0.1:1",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site"
    })
    void pagesOfOtherSitesAreRefused(String header, String value) throws Exception {
        var operator = fixture.signedIn(OPERATOR);

        assertThat(status(operator, act().header(header, value))).isEqualTo(403);
        assertThat(fixture.bean.getCount()).isZero();
        assertLogged("sent by another site");
    }

    @Test
    void ourOwnPageIsNot() throws Exception {
        var own = fixture.at("/").toString().replaceFirst("/$", "");
        assertThat(jolokiaStatus(
                        fixture.signedIn(OPERATOR),
                        act().header("Origin", own).header("Sec-Fetch-Site", "same-origin")))
                .isEqualTo(200);
    }

    @Test
    void aLinkFromElsewhereOpensThePageButDoesNotSignOut() throws Exception {
        assertThat(status(browser(), linked("londiste"))).isEqualTo(302);
        assertThat(status(browser(), linked("auth/logout"))).isEqualTo(403);
    }

    private HttpRequest.Builder linked(String path) {
        return HttpRequest.newBuilder(fixture.at(path))
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"})
    void jolokiaTakesOnlyPosts(String method) throws Exception {
        var operator = fixture.signedIn(OPERATOR);
        for (var path :
                new String[] {"jolokia/exec/" + BEAN + "/act", "jolokia/version", "jolokia?p=exec/" + BEAN + "/act"}) {
            assertThat(status(
                            operator, HttpRequest.newBuilder(fixture.at(path)).method(method, BodyPublishers.noBody())))
                    .isEqualTo(405);
        }
        assertThat(fixture.bean.getCount()).isZero();
        assertLogged(method + " /hawtio/jolokia");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"
            })
    void bodiesThatFormsCanSendAreRefused(String type) throws Exception {
        var operator = fixture.signedIn(OPERATOR);

        assertThat(status(operator, act().setHeader("Content-Type", type))).isEqualTo(415);
        assertThat(fixture.bean.getCount()).isZero();
        assertLogged("415, not JSON");
    }

    @ParameterizedTest
    @CsvSource({
        "/hawtio/jolokia, Content-Length: 1048577, 413, too large",
        "/hawtio/auth/login, Content-Length: 99999999999, 413, too large",
        "/hawtio/jolokia, Transfer-Encoding: chunked, 411, no length"
    })
    void oversizedBodiesAreRefusedBeforeTheyAreSent(String path, String length, int status, String why)
            throws Exception {
        var answer = raw("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + length
                + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertLogged("POST " + path + " of 127.0.0.1: " + status + ", " + why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java.lang:type=Memory | gc()",
                "com.sun.management:type=DiagnosticCommand | vmSystemProperties",
                "com.sun.management:type=HotSpotDiagnostic | dumpHeap(java.lang.String,boolean)",
                "java.util.logging:type=Logging | setLoggerLevel(java.lang.String,java.lang.String)",
                "JMImplementation:type=MBeanServerDelegate | x",
                "hawtio:type=TreeWatcher | x",
                "org.apache.camel:context=c,type=context,name=\\\"c\\\" | sendBody(java.lang.String,java.lang.Object)",
                "ch.qos.logback.classic:Name=default | reloadDefaultConfiguration()"
            })
    void operationsOfForeignMBeansAreRefused(String bean, String operation) throws Exception {
        assertThat(jolokiaStatus(fixture.signedIn(OPERATOR), fixture.jolokia("exec", bean, operation, null)))
                .isEqualTo(403);
        assertLogged("executing " + operation);
    }

    @ParameterizedTest
    @CsvSource({
        "java.lang:type=Runtime, SystemProperties",
        "java.lang:type=Runtime, InputArguments",
        "java.lang:type=Runtime, ClassPath",
        "com.sun.management:type=HotSpotDiagnostic, DiagnosticOptions"
    })
    void whatMaySecretsBeInIsNotRead(String bean, String attribute) throws Exception {
        var operator = fixture.signedIn(OPERATOR);
        assertThat(jolokiaStatus(operator, fixture.jolokia("read", bean, attribute, null)))
                .isEqualTo(403);
        assertThat(jolokiaStatus(operator, fixture.jolokia("write", "java.lang:type=Memory", "Verbose", "true")))
                .isEqualTo(403);
    }

    @Test
    void noOtherProcessIsReachedThroughThisOne() throws Exception {
        var proxy = "{\"type\": \"read\", \"mbean\": \"%s\", \"attribute\": \"Count\", \"target\": {\"url\": "
                + "\"service:jmx:rmi:///jndi/rmi://127.0.0.1:1/x\"}}";
        var answer = send(fixture.signedIn(OPERATOR), fixture.post("jolokia", proxy.formatted(BEAN)));

        assertThat(answer.body()).contains("\"value\":0"); // ours: the target is of no account
        assertThat(status(browser(), HttpRequest.newBuilder(fixture.at("proxy/http/127.0.0.1/1/"))))
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hawtio/../../../etc/passwd",
                "/hawtio/static/../../io/londiste/Main.class",
                "/hawtio/static/%2e%2e/%2e%2e/io/londiste/Main.class",
                "/hawtio/static/..%2f..%2fio/londiste/Main.class",
                "/hawtio/static/..;/..;/io/londiste/Main.class",
                "/hawtio/static/..\\..\\io\\londiste\\Main.class",
                "/hawtio//etc/passwd",
                "/hawtio/WEB-INF/web.xml",
                "/hawtio/static/",
                "/../conf.ini.users"
            })
    void pathsLeadNowhereElse(String path) throws Exception {
        var answer = raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        assertThat(answer).matches("(?s)HTTP/1.1 (302|400|403|404) .*").doesNotContain("root:", "Main.class:");
        if (!answer.startsWith("HTTP/1.1 302")) {
            assertLogged(" of 127.0.0.1: 4");
        }
    }

    @Test
    void requestsForOtherHostsAreRefused() throws Exception {
        var answer = raw("GET /hawtio/hawtconfig.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 421 ");
        assertLogged("421, host that is not this console");
        assertThat(raw("GET /hawtio/hawtconfig.json HTTP/1.1\r\nHost: LOCALHOST:1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    /** As only those write it who do not use a browser. */
    private String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", fixture.console.uri().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hawtio.authenticationEnabled", "hawtio.auth", "hawtio.roles", "hawtio.oidcConfig"})
    void systemPropertiesOfHawtioDoNotOpenIt(String property) {
        System.setProperty(property, "false");
        try {
            assertThatThrownBy(() -> Console.start(ConsoleFixture.settings(directory), null))
                    .hasMessageContaining(property);
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void theLogIsNotFilledNorForged() throws Exception {
        for (int i = 0; i < 60; i++) {
            raw("GET /hawtio/none%0aconsole HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n");
        }
        assertLogged("GET /hawtio/none");
        assertThat(fixture.logged().stream().filter(line -> line.contains("refused")))
                .hasSize(20);
        assertThat(fixture.logged()).noneMatch(line -> line.contains("\n"));
    }
}
