package io.londiste.console;

import io.londiste.jmx.Audit;
import io.londiste.jmx.Caller;
import io.londiste.jmx.LoginLimit;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Records logins, and limits them by {@link LoginLimit}. */
final class LoginThrottle extends HttpFilter {
    private static final int TOO_MANY_REQUESTS = 429;

    private final transient LoginLimit limit = new LoginLimit();

    /** Whether a request contains credentials. */
    static boolean hasCredentials(HttpServletRequest request) {
        return request.getHeader("Authorization") != null || request.getHeader("X-Jolokia-Authorization") != null;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean attempt = hasCredentials(request)
                || request.getMethod().equals("POST")
                        && request.getServletPath().equals("/auth/login");
        if (!attempt) {
            chain.doFilter(request, response);
            return;
        }
        var address = request.getRemoteAddr();
        long wait = limit.attempt(address);
        if (wait > 0) {
            request.setAttribute(RefusalLog.REASON, "too many failed logins");
            response.setStatus(TOO_MANY_REQUESTS);
            response.setHeader("Retry-After", Long.toString(wait));
            return;
        }
        UsersLoginModule.takeRefused(); // one of a request before
        chain.doFilter(request, response);
        if (response.getStatus() == HttpServletResponse.SC_OK) {
            limit.succeeded(address);
            if (!hasCredentials(request)) { // scripts send them with each request
                Audit.signedIn(CallerFilter.caller(request, KnownUserFilter.user(request)));
            }
        } else {
            refused(request, UsersLoginModule.takeRefused());
        }
    }

    /** @param name null if it was not the login that was refused */
    private static void refused(HttpServletRequest request, String name) {
        if (name != null) {
            request.setAttribute(RefusalLog.REASON, "wrong name or password, as " + name);
            Audit.refused(new Caller(name, "", request.getRemoteAddr(), "console"), "wrong name or password");
        }
    }
}
