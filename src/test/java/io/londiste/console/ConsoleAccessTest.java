package io.londiste.console;

import static io.londiste.console.TrialConsole.BEAN;
import static io.londiste.console.TrialConsole.OPERATOR;
import static io.londiste.console.TrialConsole.VIEWER;
import static io.londiste.console.TrialConsole.browser;
import static io.londiste.console.TrialConsole.password;
import static io.londiste.console.TrialConsole.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.daemon.DaemonControl;
import io.londiste.jmx.MBeans;
import io.londiste.test.Guide;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets into the console, and what for; how others are refused. */
class ConsoleAccessTest extends ConsoleFixture {
    private static final Path PAGE = Path.of("src/site/markdown/console.md");

    private static int status(HttpClient browser, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return send(browser, request).statusCode();
    }

    /** The status inside an answer of Jolokia, whose HTTP status is always 200. */
    private static int jolokiaStatus(HttpClient browser, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        var answer = send(browser, request);
        assertThat(answer.statusCode()).isEqualTo(200);
        return Integer.parseInt(answer.body().replaceFirst("(?s).*\"status\":(\\d+).*", "$1"));
    }

    private void assertLogged(String part) {
        // The line is written when the answer is out.
        await().untilAsserted(() -> assertThat(console.logged())
                .anySatisfy(
                        line -> assertThat(line).startsWith("console: refused ").contains(part)));
    }

    private HttpRequest.Builder look() {
        return console.jolokia("exec", BEAN, "look()", null);
    }

    private HttpRequest.Builder act() {
        return console.jolokia("exec", BEAN, "act()", null);
    }

    @Test
    void signedInUsersMayDoWhatTheirRoleAllows() throws Exception {
        var viewer = console.signedIn(VIEWER);
        var operator = console.signedIn(OPERATOR);

        assertThat(jolokiaStatus(viewer, console.jolokia("read", BEAN, "Count", null)))
                .isEqualTo(200);
        assertThat(jolokiaStatus(viewer, look())).isEqualTo(200);
        assertThat(jolokiaStatus(operator, act())).isEqualTo(200);
        assertThat(jolokiaStatus(operator, console.jolokia("write", BEAN, "Count", "7")))
                .isEqualTo(200);
        assertThat(console.bean.getCount()).isEqualTo(7);
    }

    @Test
    void aViewerDoesNotAct() throws Exception {
        var viewer = console.signedIn(VIEWER);

        assertThat(jolokiaStatus(viewer, act())).isEqualTo(403);
        assertThat(jolokiaStatus(viewer, console.jolokia("exec", BEAN, "act", null)))
                .isEqualTo(403);
        assertThat(jolokiaStatus(viewer, console.jolokia("write", BEAN, "Count", "7")))
                .isEqualTo(403);
        assertThat(console.bean.getCount()).isZero();
        assertLogged("executing act() of " + BEAN + ", as ann (viewer)");
        assertLogged("setting Count of " + BEAN + ", as ann (viewer)");
    }

    @Test
    void hawtioMayAskWhetherJolokiaIsThere() throws Exception {
        var probe = HttpRequest.newBuilder(console.at("jolokia"));
        assertThat(send(console.signedIn(VIEWER), probe).body()).contains("\"agent\"");
        assertThat(status(browser(), probe)).isEqualTo(403);
    }

    @Test
    void nobodyGetsNothing() throws Exception {
        assertThat(send(browser(), HttpRequest.newBuilder(console.at("user"))).body())
                .isEmpty();
        assertThat(status(browser(), look())).isEqualTo(403);
        assertThat(status(browser(), console.jolokia("read", BEAN, "Count", null)))
                .isEqualTo(403);
        assertThat(status(browser(), HttpRequest.newBuilder(console.at("user/role"))))
                .isEqualTo(403);
        var page = send(browser(), HttpRequest.newBuilder(console.at("londiste")));
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location"))
                .hasValueSatisfying(at -> assertThat(at).endsWith("/hawtio/login"));
        assertLogged("POST /hawtio/jolokia from 127.0.0.1: 403");
    }

    @Test
    void whoSignsOutOrIsRemovedIsOut() throws Exception {
        var viewer = console.signedIn(VIEWER);
        status(viewer, HttpRequest.newBuilder(console.at("auth/logout")));
        assertThat(status(viewer, look())).isEqualTo(403);

        var operator = console.signedIn(OPERATOR);
        console.users.changePassword(OPERATOR, "other".toCharArray());
        assertThat(status(operator, act())).isEqualTo(403);

        viewer = console.signedIn(VIEWER);
        console.users.remove(VIEWER);
        assertThat(status(viewer, look())).isEqualTo(403);
    }

    @Test
    void whoGuessesHasToWait() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(console.login(browser(), OPERATOR, "guess" + i).statusCode())
                    .isEqualTo(403);
        }
        var answer = console.login(browser(), OPERATOR, "guess");
        // on a slow machine the wait may be over by then; each failure doubles it
        for (int i = 0; i < 10 && answer.statusCode() == 403; i++) {
            answer = console.login(browser(), OPERATOR, "guess");
        }

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValueAsLong("Retry-After")).isPresent();
        assertLogged("POST /hawtio/auth/login from 127.0.0.1: 429, too many failed logins");
    }

    @Test
    void whoeverSignsInOrChangesSomethingIsRecorded() throws Exception {
        var nowhere = "host=127.0.0.1 port=1 dbname=none password=none";
        var settings = Settings.of(
                Section.LONDISTE,
                Map.of("job_name", "j", "provider_db", nowhere, "subscriber_db", nowhere, "pgq_queue_name", "q"));
        var told = new ConcurrentLinkedQueue<Notification>();
        var beans = MBeans.register(settings, new DaemonControl(() -> {}));
        try (beans) {
            ManagementFactory.getPlatformMBeanServer()
                    .addNotificationListener(
                            new ObjectName("io.londiste:type=Replay,job=j"),
                            (notification, handback) -> told.add(notification),
                            notification -> notification.getType().equals("io.londiste.audit"),
                            null);
            var operator = console.signedIn(OPERATOR);
            var resync =
                    "{\"type\": \"exec\", \"mbean\": \"io.londiste:type=Subscriber,job=j\", \"operation\": \"resync\","
                            + " \"arguments\": [\"a, b\", false]}";
            jolokiaStatus(
                    operator,
                    console.post("jolokia", resync)
                            .header("Referer", console.at("londiste/tables").toString()));
            assertThat(jolokiaStatus(operator, console.jolokia("read", "io.londiste:type=Replay,job=j", "State", null)))
                    .isEqualTo(200);
            console.login(browser(), VIEWER, "wrong");
            await("recorded").until(() -> told.size() >= 4); // the last one when the answer is out
        }

        assertThat(told)
                .extracting(notification -> (CompositeData) notification.getUserData())
                .extracting(
                        data -> data.get("user"),
                        data -> data.get("role"),
                        data -> data.get("address"),
                        data -> data.get("means"),
                        data -> data.get("action"),
                        data -> data.get("outcome"))
                .containsExactly(
                        tuple(OPERATOR, "operator", "127.0.0.1", "console", "sign in", "begun"),
                        tuple(
                                OPERATOR,
                                "operator",
                                "127.0.0.1",
                                "console page /londiste/tables",
                                "resync(tables=a, b) of Subscriber of job j",
                                "begun"),
                        tuple(
                                OPERATOR,
                                "operator",
                                "127.0.0.1",
                                "console page /londiste/tables",
                                "resync(tables=a, b) of Subscriber of job j",
                                "failed"),
                        tuple(VIEWER, "", "127.0.0.1", "console", "sign in", "refused"));
        assertLogged("403, wrong name or password, as " + VIEWER);
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
                        HttpRequest.newBuilder(console.at("londiste"))
                                .header("Authorization", basic(VIEWER, password(VIEWER)))))
                .isEqualTo(403);
        assertLogged("credentials outside /jolokia");
    }

    @Test
    void theCommandOfThePageFindsMBeans() throws Exception {
        var curl = Pattern.compile("curl -u (\\w+) -H '(\\S+): (\\S+)' -d '(.*)' http://127.0.0.1:8778/hawtio/(\\S+)\n")
                .matcher(Guide.block(PAGE, "sh", "curl"));
        assertThat(curl.matches()).isTrue();

        var answer = send(
                browser(),
                HttpRequest.newBuilder(console.at(curl.group(5)))
                        .header("Authorization", basic(curl.group(1), password(curl.group(1))))
                        .header(curl.group(2), curl.group(3))
                        .POST(BodyPublishers.ofString(curl.group(4))));

        assertThat(answer.body()).contains("\"" + BEAN + "\"");
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
        var operator = console.signedIn(OPERATOR);

        assertThat(status(operator, act().header(header, value))).isEqualTo(403);
        assertThat(console.bean.getCount()).isZero();
        assertLogged("sent by another site");
    }

    @Test
    void ourOwnPageIsNot() throws Exception {
        var own = console.at("/").toString().replaceFirst("/$", "");
        assertThat(jolokiaStatus(
                        console.signedIn(OPERATOR),
                        act().header("Origin", own).header("Sec-Fetch-Site", "same-origin")))
                .isEqualTo(200);
    }

    @Test
    void aLinkFromElsewhereOpensThePageButDoesNotSignOut() throws Exception {
        assertThat(status(browser(), linked("londiste"))).isEqualTo(302);
        assertThat(status(browser(), linked("auth/logout"))).isEqualTo(403);
    }

    private HttpRequest.Builder linked(String path) {
        return HttpRequest.newBuilder(console.at(path))
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"})
    void jolokiaTakesOnlyPosts(String method) throws Exception {
        var operator = console.signedIn(OPERATOR);
        for (var path :
                new String[] {"jolokia/exec/" + BEAN + "/act", "jolokia/version", "jolokia?p=exec/" + BEAN + "/act"}) {
            assertThat(status(
                            operator, HttpRequest.newBuilder(console.at(path)).method(method, BodyPublishers.noBody())))
                    .isEqualTo(405);
        }
        assertThat(console.bean.getCount()).isZero();
        assertLogged(method + " /hawtio/jolokia");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"
            })
    void bodiesThatFormsCanSendAreRefused(String type) throws Exception {
        var operator = console.signedIn(OPERATOR);

        assertThat(status(operator, act().setHeader("Content-Type", type))).isEqualTo(415);
        assertThat(console.bean.getCount()).isZero();
        assertLogged("415, body is not JSON");
    }

    @ParameterizedTest
    @CsvSource({
        "/hawtio/jolokia, Content-Length: 1048577, 413, body is too large",
        "/hawtio/auth/login, Content-Length: 99999999999, 413, body is too large",
        "/hawtio/jolokia, Transfer-Encoding: chunked, 411, no content length"
    })
    void oversizedBodiesAreRefusedBeforeTheyAreSent(String path, String length, int status, String why)
            throws Exception {
        var answer = raw("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + length
                + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertLogged("POST " + path + " from 127.0.0.1: " + status + ", " + why);
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
        assertThat(jolokiaStatus(console.signedIn(OPERATOR), console.jolokia("exec", bean, operation, null)))
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
        var operator = console.signedIn(OPERATOR);
        assertThat(jolokiaStatus(operator, console.jolokia("read", bean, attribute, null)))
                .isEqualTo(403);
        assertThat(jolokiaStatus(operator, console.jolokia("write", "java.lang:type=Memory", "Verbose", "true")))
                .isEqualTo(403);
    }

    @Test
    void noOtherProcessIsReachedThroughThisOne() throws Exception {
        var proxy = "{\"type\": \"read\", \"mbean\": \"%s\", \"attribute\": \"Count\", \"target\": {\"url\": "
                + "\"service:jmx:rmi:///jndi/rmi://127.0.0.1:1/x\"}}";
        var answer = send(console.signedIn(OPERATOR), console.post("jolokia", proxy.formatted(BEAN)));

        assertThat(answer.body()).contains("\"value\":0"); // ours: the target is of no account
        assertThat(status(browser(), HttpRequest.newBuilder(console.at("proxy/http/127.0.0.1/1/"))))
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
            assertLogged(" from 127.0.0.1: 4");
        }
    }

    @Test
    void requestsForOtherHostsAreRefused() throws Exception {
        var answer = raw("GET /hawtio/hawtconfig.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 421 ");
        assertLogged("421, unknown host name");
        assertThat(raw("GET /hawtio/hawtconfig.json HTTP/1.1\r\nHost: LOCALHOST:1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    /** What the page says to nginx: it checks the origin, and hides from the console that it is another one. */
    @Test
    void theProxyOfThePageLetsItsOwnPageInAndNoOther() throws Exception {
        var configuration = Guide.block(PAGE, "nginx", "proxy_pass");
        var allowed =
                Pattern.compile("\\$http_origin !~ '(.*)'\\) \\{ return 403; }").matcher(configuration);
        assertThat(allowed.find()).isTrue();
        assertThat(List.of("", "https://console.example.org"))
                .allMatch(Pattern.compile(allowed.group(1)).asPredicate());
        assertThat(List.of("null", "https://console-example.org", "https://console.example.org.evil"))
                .noneMatch(Pattern.compile(allowed.group(1)).asPredicate());

        var headers = Pattern.compile("proxy_set_header (\\S+) (\\S+);")
                .matcher(configuration)
                .results()
                .collect(Collectors.toMap(header -> header.group(1), header -> header.group(2)));
        assertThat(signIn("Host: " + headers.get("Host"))).startsWith("HTTP/1.1 200 ");
        assertThat(headers).as("not sent by nginx if empty").containsEntry("Origin", "\"\"");
        assertThat(signIn("Host: " + headers.get("Host") + "\r\nOrigin: https://console.example.org"))
                .startsWith("HTTP/1.1 403 ");
    }

    private String signIn(String headers) throws IOException {
        var body = "{\"username\": \"%s\", \"password\": \"%s\"}".formatted(VIEWER, new String(password(VIEWER)));
        return raw("POST /hawtio/auth/login HTTP/1.1\r\n" + headers + "\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
    }

    /** As only those write it who do not use a browser. */
    private String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", console.uri().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hawtio.authenticationEnabled", "hawtio.auth", "hawtio.roles", "hawtio.oidcConfig"})
    void systemPropertiesOfHawtioDoNotOpenIt(String property) {
        System.setProperty(property, "false");
        try {
            assertThatThrownBy(() -> Console.start(TrialConsole.settings(directory), null))
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
        assertThat(console.logged().stream().filter(line -> line.contains("refused")))
                .hasSize(20);
        assertThat(console.logged()).noneMatch(line -> line.contains("\n"));
    }
}
