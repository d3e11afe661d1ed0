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

/** The web application of Hawtio: its pages, login and Jolokia, with the plugin of Londiste and additional filters. */
final class HawtioContext implements ServletContextListener {
    static final String PATH = "/hawtio/";

    /** Seconds of inactivity after which a session ends. */
    private static final String SESSION_SECONDS = "1800";

    private static final String REALM = "londiste";

    /** The declaration of our plugin that Hawtio loads. */
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

    HawtioContext(Users users, Hosts hosts, RefusalLog refusals, int port) {
        this.users = users;
        permissions = new Permissions(refusals);
        permissionsBean = new PermissionsMBean(permissions);
        serveFiles();
        keepSessions(port);
        context.addEventListener(this);
        filter(new RequestFilter(hosts), "/*");
        filter(new LoginThrottle(), "/*");
        filter(new SessionExpiryFilter(), "/*");
        filter(new KnownUserFilter(users), "/*");
        filter(new ResponseHeadersFilter(), "/*");
        filter(new AuthenticationFilter(), "/jolokia/*");
        filter(new CallerFilter(), "/jolokia/*");
        filter(new ClientRouteRedirectFilter(), "/*");
        context.addFilter(
                new FilterHolder(new BaseTagHrefFilter()),
                "/index.html",
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD));
        serveJolokia();
        servlet(new UserServlet(), "/user/*");
        // Below /user, since Hawtio shows its first page for paths that it does not know.
        servlet(new DownloadServlet(), "/user/download/*");
        servlet(new AuthConfigurationServlet(), "/auth/config/*");
        servlet(new LoginServlet(), "/auth/login");
        servlet(new LogoutServlet(), "/auth/logout");
        servlet(new FixedServlet(PLUGIN), "/plugin/*");
        // Hawtio's pages request these, and log errors in the browser's console if they are missing.
        servlet(new FixedServlet("[]"), "/preset-connections");
        servlet(new FixedServlet("false"), "/proxy/enabled");
        servlet(new FixedServlet("false"), "/keycloak/enabled");
    }

    ServletContextHandler handler() {
        return context;
    }

    /** Our files take precedence over Hawtio's. */
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
        // Cookies are shared by all ports of a host, so each console needs its own cookie name.
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
                // It locks a user out for up to a day after failures by anyone. LoginThrottle slows down the client
                // instead.
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
            throw new IllegalStateException("the console's MBeans cannot be unregistered", e);
        }
    }
}
