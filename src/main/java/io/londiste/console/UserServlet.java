package io.londiste.console;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Provides the pages with the name of the signed-in user, at {@code /user}, and the role, at {@code /user/role}, so that
 * they offer only what is allowed. Access is enforced by {@link Permissions}.
 */
final class UserServlet extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var user = KnownUserFilter.user(request);
        response.setContentType("application/json");
        if ("/role".equals(request.getPathInfo())) {
            if (user == null) {
                response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            } else {
                response.getWriter().print("{\"role\": \"" + user.role().written() + "\"}");
            }
        } else if (user != null) {
            // Without a user the response is empty: Hawtio accepts that, while it would report a refusal as an error.
            response.getWriter().print("\"" + user.name() + "\"");
        }
    }
}
