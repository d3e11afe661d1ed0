package io.londiste.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Refuses requests that the console's own pages never send: requests made by pages of other sites in the browser of a
 * signed-in user, requests for foreign host names, and bodies with another type or size than Jolokia's.
 */
final class RequestFilter extends HttpFilter {
    /** In bytes; many times the largest request of Hawtio's pages. */
    static final int MAX_BODY = 1 << 20;

    private static final int LENGTH_REQUIRED = 411;
    private static final int TOO_LARGE = 413;
    private static final int UNSUPPORTED_TYPE = 415;
    private static final int MISDIRECTED = 421;
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
    private static final Set<String> JSON = Set.of("application/json", "text/json");

    private final transient List<Check> checks;

    RequestFilter(Hosts hosts) {
        checks = List.of(
                new Check(MISDIRECTED, "unknown host name", r -> !hosts.has(r.getServerName())),
                new Check(403, "sent by another site", RequestFilter::isForeign),
                new Check(405, "method not allowed for this path", r -> !isMethodOf(r)),
                new Check(403, "credentials outside /jolokia", RequestFilter::hasMisplacedCredentials),
                new Check(UNSUPPORTED_TYPE, "body is not JSON", r -> isPost(r) && !isJson(r)),
                new Check(LENGTH_REQUIRED, "no content length", r -> isPost(r) && r.getContentLengthLong() < 0),
                new Check(TOO_LARGE, "body is too large", r -> r.getContentLengthLong() > MAX_BODY));
    }

    /** A condition for refusal, with status and reason. */
    private record Check(int status, String reason, Predicate<HttpServletRequest> refuses) {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        for (var check : checks) {
            if (check.refuses.test(request)) {
                request.setAttribute(RefusalLog.REASON, check.reason);
                response.setStatus(check.status);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    private static boolean isForeign(HttpServletRequest request) {
        var origin = request.getHeader("Origin");
        if (origin != null && !origin.equals(request.getScheme() + "://" + request.getHeader("Host"))) {
            return true;
        }
        var site = request.getHeader("Sec-Fetch-Site");
        boolean link = request.getMethod().equals("GET") && "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
        return site != null && !OWN_SITE.contains(site) && !(link && !isAt(request, "/auth/"));
    }

    private static boolean isMethodOf(HttpServletRequest request) {
        return switch (request.getMethod()) {
            case "POST" -> isAt(request, "/jolokia") || isAt(request, "/auth/login");
            case "GET" -> !isAt(request, "/jolokia") || isProbe(request);
            case "HEAD" -> !isAt(request, "/jolokia");
            default -> false;
        };
    }

    /** The request by which Hawtio's pages detect Jolokia. */
    private static boolean isProbe(HttpServletRequest request) {
        return request.getPathInfo() == null && request.getQueryString() == null;
    }

    private static boolean hasMisplacedCredentials(HttpServletRequest request) {
        return LoginThrottle.hasCredentials(request) && !isAt(request, "/jolokia");
    }

    private static boolean isAt(HttpServletRequest request, String path) {
        return request.getServletPath().startsWith(path);
    }

    private static boolean isPost(HttpServletRequest request) {
        return request.getMethod().equals("POST");
    }

    private static boolean isJson(HttpServletRequest request) {
        var type = request.getContentType();
        return type != null && JSON.contains(type.split(";", 2)[0].strip());
    }
}
