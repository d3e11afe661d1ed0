package io.londiste.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import javax.security.auth.Subject;

/** Ends the sessions of users who have been removed, or whose role or password has been changed, since they signed in. */
final class KnownUserFilter extends HttpFilter {
    private final transient Users users;

    KnownUserFilter(Users users) {
        this.users = users;
    }

    /** The signed-in user; null if there is none. */
    static User user(HttpServletRequest request) {
        var session = request.getSession(false);
        var subject = session == null ? null : (Subject) session.getAttribute("subject");
        return subject == null ? null : UsersLoginModule.user(subject);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var user = user(request);
        if (user != null && !users.all().contains(user)) {
            request.getSession().invalidate();
        }
        chain.doFilter(request, response);
    }
}
