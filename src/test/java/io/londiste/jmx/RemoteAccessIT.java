package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.daemon.DaemonControl;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.rmi.registry.LocateRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.Attribute;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Access to the MBeans from outside the process. */
class RemoteAccessIT {
    @TempDir
    Path directory;

    private final Map<String, String> keys = new HashMap<>();
    private int port;

    @BeforeEach
    void files() throws IOException {
        port = JmxClient.freePort();
        Files.writeString(directory.resolve("password"), "operator secret\nviewer other\n");
        rights("rw-------");
        Files.writeString(directory.resolve("access"), "operator readwrite\nviewer readonly\n");
        keys.put("db", "host=h");
        keys.put("jmx", String.valueOf(port));
        keys.put("jmx_password_file", directory.resolve("password").toString());
        keys.put("jmx_access_file", directory.resolve("access").toString());
    }

    private void rights(String rights) throws IOException {
        Files.setPosixFilePermissions(directory.resolve("password"), PosixFilePermissions.fromString(rights));
    }

    private RemoteAccess open() {
        return RemoteAccess.open(Settings.of(Section.PGQADM, keys));
    }

    @Test
    void withoutTheKeyNothingListens() {
        keys.remove("jmx");

        assertThat(open()).isNull();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
    }

    @Test
    void withoutItsFilesItIsRefused() throws IOException {
        var password = keys.remove("jmx_password_file");
        assertThatThrownBy(this::open)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("jmx_password_file: has to be set for jmx");
        keys.put("jmx_password_file", password + ".none");
        assertThatThrownBy(this::open).hasMessageContaining("cannot be read: " + password + ".none");
        keys.put("jmx_password_file", password);
        keys.remove("jmx_access_file");
        assertThatThrownBy(this::open).hasMessageContaining("jmx_access_file: has to be set for jmx");
        keys.put("jmx_access_file", directory.resolve("access").toString());
        rights("rw-r-----");
        assertThatThrownBy(this::open).hasMessageContaining("run: chmod 600 " + password);
    }

    @Test
    void aWrongPasswordIsRefusedAndLogged() throws IOException {
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (Logger) LoggerFactory.getLogger(RemoteAccess.class);
        logger.addAppender(log);
        var access = open();
        try (access) {
            assertThatThrownBy(() -> JmxClient.connect(port, "operator", "wrong"))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> JmxClient.connect(port, "nobody", "secret"))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> JmxClient.connect("127.0.0.1", port, Map.of()))
                    .isInstanceOf(SecurityException.class);
            JmxClient.connect(port, "operator", "secret").close();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.startsWith("JMX: refused a client from 127.0.0.1"))
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains(", as nobody: "));
        await("closed").untilAsserted(() -> assertThatThrownBy(() -> new Socket("127.0.0.1", port))
                .isInstanceOf(ConnectException.class));
    }

    @Test
    void whoeverFailsAgainAndAgainHasToWait() throws IOException {
        var access = open();
        try (access) {
            for (int i = 0; i < 5; i++) {
                var guess = "guess" + i;
                assertThatThrownBy(() -> JmxClient.connect(port, "operator", guess))
                        .hasMessageNotContaining("too many");
            }
            assertThatThrownBy(() -> JmxClient.connect(port, "operator", "secret"))
                    .isInstanceOf(SecurityException.class)
                    .hasMessageContaining("too many failed logins; wait");
        }
    }

    @Test
    void whoeverChangesSomethingIsRecorded() throws Exception {
        var told = new ConcurrentLinkedQueue<Audit.Entry>();
        var end = Audit.listen(told::add);
        var settings = Settings.of(
                Section.PGQADM, Map.of("job_name", "ticker", "db", "host=127.0.0.1 port=1 dbname=none password=none"));
        var beans = MBeans.register(settings, new DaemonControl(() -> {}));
        var access = open();
        try (beans;
                access;
                var operator = JmxClient.connect(port, "operator", "secret")) {
            var ticker = new ObjectName("io.londiste:type=Ticker,job=ticker");
            operator.server().getAttribute(ticker, "State");
            assertThatThrownBy(() -> operator.server()
                            .invoke(ticker, "drop", new Object[] {"q"}, new String[] {String.class.getName()}))
                    .hasStackTraceContaining("no server answers there");
            operator.server().setAttribute(new ObjectName("java.lang:type=Memory"), new Attribute("Verbose", false));
        } finally {
            end.run();
        }

        assertThat(told).extracting(Audit.Entry::user).containsOnly("operator");
        assertThat(told).extracting(Audit.Entry::role).containsOnly("readwrite");
        assertThat(told).extracting(Audit.Entry::address).containsOnly("127.0.0.1");
        assertThat(told)
                .extracting(Audit.Entry::action, Audit.Entry::outcome)
                .containsExactly(
                        tuple("sign in", "begun"),
                        tuple("drop(queue=q) of Ticker of job ticker", "begun"),
                        tuple("drop(queue=q) of Ticker of job ticker", "failed"),
                        tuple("setAttribute of java.lang:type=Memory", "begun"));
    }

    @Test
    void onlyTheGivenAddressListens() throws IOException {
        var access = open();
        try (access;
                var there = new Socket("127.0.0.1", port)) {
            assertThat(there.isConnected()).isTrue();
            assertThatThrownBy(() -> new Socket("127.0.0.2", port)).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> new Socket(InetAddress.getByName("::1"), port))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        var access = open();
        try (access) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(LondisteException.class)
                    .hasMessageContaining("jmx: cannot listen at 127.0.0.1:" + port);
        }
    }

    @Test
    void nobodyPutsSomethingElseInItsPlace() throws Exception {
        var access = open();
        try (access) {
            var registry = LocateRegistry.getRegistry("127.0.0.1", port);
            var stub = registry.lookup("jmxrmi");
            assertThatThrownBy(() -> registry.rebind("jmxrmi", stub)).isInstanceOf(IOException.class);
            JmxClient.connect(port, "operator", "secret").close();
        }
    }

    @Test
    void whatIsNoArgumentOfOursIsNotRead() throws Exception {
        var access = open();
        try (access;
                var operator = JmxClient.connect(port, "operator", "secret")) {
            var memory = new ObjectName("java.lang:type=Memory");
            assertThatThrownBy(() ->
                            operator.server().setAttribute(memory, new Attribute("Verbose", URI.create("http://x"))))
                    .hasStackTraceContaining("filter status: REJECTED");
        }
    }

    @Test
    void optionsOfTheJvmAreNotShown() throws Exception {
        var access = open();
        try (access;
                var viewer = JmxClient.connect(port, "viewer", "other")) {
            var runtime = new ObjectName("java.lang:type=Runtime");
            assertThatThrownBy(() -> viewer.server().getAttribute(runtime, "SystemProperties"))
                    .isInstanceOf(SecurityException.class);
            assertThat(viewer.server()
                            .getAttributes(runtime, new String[] {"Uptime", "InputArguments", "SystemProperties"})
                            .asList())
                    .extracting(Attribute::getName)
                    .containsExactly("Uptime");
            assertThat(viewer.server().getAttribute(runtime, "Name")).isNotNull();
        }
    }

    @Test
    void tlsNeedsAKeyStore() throws Exception {
        keys.put("jmx_tls", "1");
        assertThatThrownBy(this::open).hasMessageContaining("there is no key store; set JAVA_OPTS");
    }
}
