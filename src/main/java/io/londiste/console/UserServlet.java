package io.londiste.console;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Tells the pages who is signed in, at {@code /user}, and what he may do, at {@code /user/role}, so that they offer
 * nothing else. What is allowed is decided elsewhere.
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
            // For nobody there is nothing: Hawtio takes that as well as a refusal, but does not call it an error.
            response.getWriter().print("\"" + user.name() + "\"");
        }
    }
}
