package io.londiste.console;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.slf4j.LoggerFactory;

/** A console with a viewer and an operator, an MBean to try, and what the console has logged. */
final class TrialConsole implements AutoCloseable {
    static final String VIEWER = "ann";
    static final String OPERATOR = "bob";
    static final String BEAN = "io.londiste:type=Trial";

    final Users users;
    private final Console console;
    final Trial bean = new Trial();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.londiste.console");

    /** An MBean with an operation that reads and one that acts. */
    public interface TrialMBean {
        int getCount();

        void setCount(int count);

        int look();

        void act();
    }

    static final class Trial implements TrialMBean {
        private volatile int count;

        @Override
        public int getCount() {
            return count;
        }

        @Override
        public void setCount(int count) {
            this.count = count;
        }

        @Override
        public int look() {
            return count;
        }

        @Override
        public void act() {
            count++;
        }
    }

    TrialConsole(Path directory) throws JMException {
        log.start();
        logger.setAdditive(false);
        logger.addAppender(log);
        users = new Users(directory.resolve("users"));
        users.add(VIEWER, Role.VIEWER, password(VIEWER));
        users.add(OPERATOR, Role.OPERATOR, password(OPERATOR));
        console = Console.start(settings(directory), null);
        ManagementFactory.getPlatformMBeanServer()
                .registerMBean(
                        new StandardMBean(bean, TrialMBean.class, false) {
                            @Override
                            protected int getImpact(MBeanOperationInfo info) {
                                return info.getName().equals("look")
                                        ? MBeanOperationInfo.INFO
                                        : MBeanOperationInfo.ACTION;
                            }
                        },
                        new ObjectName(BEAN));
    }

    static Settings settings(Path directory) {
        return Settings.of(
                Section.LONDISTE,
                Map.of(
                        "console",
                        "127.0.0.1:0",
                        "console_users",
                        directory.resolve("users").toString()));
    }

    static char[] password(String user) {
        return (user + "'s secret").toCharArray();
    }

    URI uri() {
        return console.uri();
    }

    /** Stops the console, as the end of its daemon does. */
    void stop() {
        console.close();
    }

    URI at(String path) {
        return uri().resolve(path);
    }

    /** A browser without cookies yet, which does not follow redirects. */
    static HttpClient browser() {
        return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    }

    /** A browser in which a user has signed in. */
    HttpClient signedIn(String user) throws IOException, InterruptedException {
        var browser = browser();
        var answer = login(browser, user, new String(password(user)));
        if (answer.statusCode() != 200) {
            throw new AssertionError("login of " + user + ": " + answer);
        }
        return browser;
    }

    HttpResponse<String> login(HttpClient browser, String user, String password)
            throws IOException, InterruptedException {
        return send(
                browser, post("auth/login", "{\"username\": \"%s\", \"password\": \"%s\"}".formatted(user, password)));
    }

    HttpRequest.Builder post(String path, String json) {
        return HttpRequest.newBuilder(at(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }

    /** A request to Jolokia, such as {@code exec} of an operation. */
    HttpRequest.Builder jolokia(String type, String bean, String what, String value) {
        var key = type.equals("exec") ? "operation" : "attribute";
        return post(
                "jolokia",
                "{\"type\": \"%s\", \"mbean\": \"%s\", \"%s\": \"%s\"%s}"
                        .formatted(type, bean, key, what, type.equals("write") ? ", \"value\": " + value : ""));
    }

    static HttpResponse<String> send(HttpClient browser, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    List<String> logged() {
        synchronized (log.list) {
            return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        }
    }

    @Override
    public void close() throws JMException {
        ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(BEAN));
        console.close();
        logger.detachAppender(log);
        logger.setAdditive(true);
    }
}
