package io.londiste.console;

import io.londiste.jmx.Audit;
import io.londiste.jmx.Caller;
import io.londiste.jmx.CurrentSubject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;

/** Records for whom a request of Jolokia works, and from which page it comes. Used after authentication. */
final class CallerFilter extends HttpFilter {
    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var subject = CurrentSubject.get();
        var user = subject == null ? null : UsersLoginModule.user(subject);
        try {
            Audit.as(caller(request, user), () -> {
                chain.doFilter(request, response);
                return null;
            });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    /** @param user null if it is not known */
    static Caller caller(HttpServletRequest request, User user) {
        return new Caller(
                user == null ? "" : user.name(),
                user == null ? "" : user.role().written(),
                request.getRemoteAddr(),
                "console" + page(request.getHeader("Referer")));
    }

    /** The page of the console that sent the request; empty for scripts. */
    private static String page(String referer) {
        try {
            var path = referer == null ? "" : URI.create(referer).getPath();
            return path.startsWith(HawtioContext.PATH) && path.length() > HawtioContext.PATH.length()
                    ? " page " + path.substring(HawtioContext.PATH.length() - 1)
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
