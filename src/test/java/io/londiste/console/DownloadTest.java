package io.londiste.console;

import static io.londiste.console.TrialConsole.OPERATOR;
import static io.londiste.console.TrialConsole.VIEWER;
import static io.londiste.console.TrialConsole.browser;
import static io.londiste.console.TrialConsole.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows and statements of comparisons as files. */
class DownloadTest extends ConsoleFixture {
    private static final String COMPARISON = "io.londiste:type=Comparison,job=job,id=1";
    private static final String ROWS = "r\u00f6w\n".repeat(1_000_000);
    private static final String STATEMENTS = "delete from \"a\";\n";

    /** The operations of a comparison that are downloaded. */
    public interface PartsMBean {
        CompositeData differingRows(String table, long from, int length);

        CompositeData statements(String table, long from, int length);
    }

    private static final class Parts implements PartsMBean {
        @Override
        public CompositeData differingRows(String table, long from, int length) {
            return part(table, ROWS, from, length);
        }

        @Override
        public CompositeData statements(String table, long from, int length) {
            return part(table, STATEMENTS, from, length);
        }

        private static CompositeData part(String table, String text, long from, int length) {
            if (!table.equals("public.a")) {
                throw new IllegalStateException("compare 1 has no result of " + table);
            }
            int size = text.length();
            int next = (int) Math.min(size, from + length);
            String[] names = {"text", "next", "size"};
            OpenType<?>[] types = {SimpleType.STRING, SimpleType.LONG, SimpleType.LONG};
            try {
                return new CompositeDataSupport(
                        new CompositeType("Part", "a part", names, names, types),
                        names,
                        new Object[] {text.substring((int) from, next), (long) next, (long) size});
            } catch (OpenDataException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @BeforeEach
    void register() throws JMException {
        ManagementFactory.getPlatformMBeanServer()
                .registerMBean(new StandardMBean(new Parts(), PartsMBean.class), new ObjectName(COMPARISON));
    }

    @AfterEach
    void unregister() throws JMException {
        ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(COMPARISON));
    }

    private HttpResponse<String> download(HttpClient browser, String what, String comparison, String table)
            throws Exception {
        var query = "?comparison=" + URLEncoder.encode(comparison, StandardCharsets.UTF_8) + "&table="
                + URLEncoder.encode(table, StandardCharsets.UTF_8);
        return send(browser, HttpRequest.newBuilder(console.at("user/download/" + what + query)));
    }

    private static void assertFile(HttpResponse<String> answer, String type, String name, String text) {
        assertThat(answer.statusCode()).isEqualTo(200);
        var headers = answer.headers();
        assertThat(headers.firstValue("Content-Type"))
                .hasValueSatisfying(found -> assertThat(found).startsWith(type).containsIgnoringCase("charset=utf-8"));
        assertThat(headers.firstValue("Content-Disposition")).contains("attachment; filename=\"" + name + "\"");
        assertThat(headers.firstValue("Cache-Control"))
                .hasValueSatisfying(found -> assertThat(found).contains("no-store"));
        assertThat(answer.body()).isEqualTo(text);
    }

    @Test
    void operatorsGetTheWhole() throws Exception {
        var operator = console.signedIn(OPERATOR);

        assertFile(download(operator, "rows", COMPARISON, "public.a"), "text/csv", "rows.job.public.a.csv", ROWS);
        assertFile(
                download(operator, "statements", COMPARISON, "public.a"),
                "application/sql",
                "fix.job.public.a.sql",
                STATEMENTS);
    }

    @Test
    void nobodyElseGetsAnything() throws Exception {
        for (var browser : new HttpClient[] {console.signedIn(VIEWER), browser()}) {
            var answer = download(browser, "rows", COMPARISON, "public.a");
            assertThat(answer.statusCode()).isIn(302, 403);
            assertThat(answer.body()).doesNotContain("r\u00f6w");
        }
        assertThat(console.logged()).anySatisfy(line -> assertThat(line)
                .contains("GET /hawtio/user/download/rows", "403, as ann (viewer)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TrialConsole.BEAN,
                "io.londiste:type=Comparison,job=job,id=2",
                "io.londiste:type=Comparison,*",
                "java.lang:type=Comparison",
                "/etc/passwd",
                ""
            })
    void onlyComparisonsAreRead(String name) throws Exception {
        var answer = download(console.signedIn(OPERATOR), "rows", name, "public.a");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).containsAnyOf("not the name of a comparison", "the comparison is no longer kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"public.b", "../../etc/passwd", "/etc/passwd"})
    void onlyTablesOfTheResultAreRead(String table) throws Exception {
        var answer = download(console.signedIn(OPERATOR), "statements", COMPARISON, table);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("compare 1 has no result of " + table + "\n");
        assertThat(download(console.signedIn(OPERATOR), "users", COMPARISON, "public.a")
                        .statusCode())
                .isEqualTo(404);
    }
}
