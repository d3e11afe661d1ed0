package io.londiste.console;

import io.hawt.jmx.JmxTreeWatcher;
import io.hawt.jmx.PluginRegistry;
import io.hawt.system.ConfigManager;
import io.hawt.web.auth.AuthConfigurationServlet;
import io.hawt.web.auth.AuthenticationConfiguration;
import io.hawt.web.auth.AuthenticationFilter;
import io.hawt.web.auth.ClientRouteRedirectFilter;
import io.hawt.web.auth.LoginServlet;
import io.hawt.web.auth.LogoutServlet;
import io.hawt.web.auth.RolePrincipal;
import io.hawt.web.auth.SessionExpiryFilter;
import io.hawt.web.filters.BaseTagHrefFilter;
import io.hawt.web.filters.ResponseHeadersFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.jolokia.server.core.http.AgentServlet;

/** Hawtio's pages, sign-in and Jolokia as a web application, with our page in it and our doors before it. */
final class HawtioContext implements ServletContextListener {
    static final String PATH = "/hawtio/";

    /** Seconds after which a session ends in which nobody has touched the page. */
    private static final String SESSION_SECONDS = "1800";

    private static final String REALM = "londiste";

    /** Our page, as Hawtio asks for it. */
    private static final String PLUGIN = """
            [{"url": "static/londiste", "scope": "londiste", "module": "./plugin", "remoteEntryFileName": "remoteEntry.js",
              "bustRemoteEntryCache": false, "pluginEntry": "plugin"}]
            """;

    private final Users users;
    private final ServletContextHandler context = new ServletContextHandler("/hawtio", ServletContextHandler.SESSIONS);
    private final Permissions permissions;
    private final JmxTreeWatcher treeWatcher = new JmxTreeWatcher();
    private final PluginRegistry registry = new PluginRegistry();
    private final PermissionsMBean permissionsBean;

    HawtioContext(Users users, Hosts hosts, Refusals refusals, int port) {
        this.users = users;
        permissions = new Permissions(refusals);
        permissionsBean = new PermissionsMBean(permissions);
        serveFiles();
        keepSessions(port);
        context.addEventListener(this);
        filter(new DoorFilter(hosts), "/*");
        filter(new LoginThrottle(), "/*");
        filter(new SessionExpiryFilter(), "/*");
        filter(new KnownUserFilter(users), "/*");
        filter(new ResponseHeadersFilter(), "/*");
        filter(new AuthenticationFilter(), "/jolokia/*");
        filter(new ClientRouteRedirectFilter(), "/*");
        context.addFilter(
                new FilterHolder(new BaseTagHrefFilter()),
                "/index.html",
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD));
        serveJolokia();
        servlet(new UserServlet(), "/user/*");
        servlet(new AuthConfigurationServlet(), "/auth/config/*");
        servlet(new LoginServlet(), "/auth/login");
        servlet(new LogoutServlet(), "/auth/logout");
        servlet(new FixedServlet(PLUGIN), "/plugin/*");
        // Hawtio's pages ask for these, and complain in the browser's console where there is no answer.
        servlet(new FixedServlet("[]"), "/preset-connections");
        servlet(new FixedServlet("false"), "/proxy/enabled");
        servlet(new FixedServlet("false"), "/keycloak/enabled");
    }

    ServletContextHandler handler() {
        return context;
    }

    /** Our own files go before Hawtio's. */
    private void serveFiles() {
        var resources = ResourceFactory.of(context);
        context.setBaseResource(ResourceFactory.combine(
                resources.newClassLoaderResource("console/"), resources.newClassLoaderResource("hawtio-static/")));
        context.setWelcomeFiles(new String[] {"index.html"});
        var files = new ServletHolder("default", new DefaultServlet());
        files.setInitParameters(Map.of("dirAllowed", "false", "etags", "true"));
        context.addServlet(files, "/");
    }

    private void keepSessions(int port) {
        var sessions = context.getSessionHandler();
        sessions.setHttpOnly(true);
        sessions.setSameSite(HttpCookie.SameSite.STRICT);
        // Cookies do not tell ports apart: consoles of one machine need names of their own.
        sessions.setSessionCookie("LONDISTE" + port);
        sessions.setMaxInactiveInterval(Integer.parseInt(SESSION_SECONDS));
    }

    private void serveJolokia() {
        var jolokia = new ServletHolder("jolokia", new AgentServlet(permissions));
        jolokia.setInitParameters(Map.of(
                "mbeanQualifier", "qualifier=londiste" + context.hashCode(),
                "includeStackTrace", "false",
                "serializeException", "false",
                "discoveryEnabled", "false",
                "disableDetectors", "true"));
        jolokia.setInitOrder(1);
        context.addServlet(jolokia, "/jolokia/*");
    }

    private void filter(Filter filter, String path) {
        context.addFilter(new FilterHolder(filter), path, EnumSet.of(DispatcherType.REQUEST));
    }

    private void servlet(HttpServlet servlet, String path) {
        context.addServlet(new ServletHolder(servlet), path);
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        var roles = Stream.of(Role.values()).map(Role::written).collect(Collectors.joining(","));
        Map<String, String> configuration = Map.of(
                "realm",
                REALM,
                "roles",
                roles,
                "rolePrincipalClasses",
                RolePrincipal.class.getName(),
                "sessionTimeout",
                SESSION_SECONDS,
                "authenticationContainerDiscoveryClasses",
                "",
                // It shuts a user out for up to a day, whoever fails in his name. Ours slows down the one who fails.
                "authenticationThrottled",
                "false");
        var servlets = event.getServletContext();
        servlets.setAttribute(ConfigManager.CONFIG_MANAGER, new ConfigManager(configuration::get));
        var authentication = AuthenticationConfiguration.getConfiguration(servlets);
        authentication.addConfiguration(UsersLoginModule.configuration(users));
        authentication.initializationComplete(servlets);
        try {
            treeWatcher.init();
            registry.init();
            permissionsBean.init();
        } catch (Exception e) {
            throw new IllegalStateException("the console's MBeans cannot be registered", e);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        try {
            permissionsBean.destroy();
            registry.destroy();
            treeWatcher.destroy();
        } catch (Exception e) {
            throw new IllegalStateException("the console's MBeans cannot be taken away", e);
        }
    }
}
