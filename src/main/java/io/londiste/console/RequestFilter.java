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
 * Refuses what no page of ours sends: requests made by pages of others in the browser of somebody who is signed in here,
 * requests for hosts that are not us, and bodies of another kind or size than Jolokia's.
 */
final class DoorFilter extends HttpFilter {
    /** Bytes of the largest request of Hawtio's pages, many times over. */
    static final int LARGEST_BODY = 1 << 20;

    private static final int LENGTH_REQUIRED = 411;
    private static final int TOO_LARGE = 413;
    private static final int UNSUPPORTED_TYPE = 415;
    private static final int MISDIRECTED = 421;
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
    private static final Set<String> JSON = Set.of("application/json", "text/json");

    private final transient List<Check> checks;

    DoorFilter(Hosts hosts) {
        checks = List.of(
                new Check(MISDIRECTED, "host that is not this console", r -> !hosts.has(r.getServerName())),
                new Check(403, "sent by another site", DoorFilter::isForeign),
                new Check(405, "method that is not for this path", r -> !isMethodOf(r)),
                new Check(403, "credentials elsewhere than at jolokia", DoorFilter::hasStrayCredentials),
                new Check(UNSUPPORTED_TYPE, "not JSON", r -> isPost(r) && !isJson(r)),
                new Check(LENGTH_REQUIRED, "no length", r -> isPost(r) && r.getContentLengthLong() < 0),
                new Check(TOO_LARGE, "too large", r -> r.getContentLengthLong() > LARGEST_BODY));
    }

    /** What is refused, with which status and why. */
    private record Check(int status, String why, Predicate<HttpServletRequest> refuses) {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        for (var check : checks) {
            if (check.refuses.test(request)) {
                request.setAttribute(Refusals.WHY, check.why);
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

    /** Hawtio's pages ask so whether Jolokia is there. */
    private static boolean isProbe(HttpServletRequest request) {
        return request.getPathInfo() == null && request.getQueryString() == null;
    }

    private static boolean hasStrayCredentials(HttpServletRequest request) {
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
