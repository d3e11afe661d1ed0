package io.londiste.console;

import io.londiste.jmx.Audit;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/**
 * Sends operators, as files, what the MBean of a comparison shows in parts: {@code /user/download/rows} and
 * {@code /user/download/statements}, with the parameters {@code comparison}, the name of the MBean, and {@code table}. These name a
 * result, never a file.
 */
final class DownloadServlet extends HttpServlet {
    private static final int PART = 1 << 20;
    private static final String[] SIGNATURE = {String.class.getName(), long.class.getName(), int.class.getName()};

    private static final Map<String, Download> DOWNLOADS = Map.of(
            "/rows", new Download("differingRows", "text/csv", "rows.%s.%s.csv"),
            "/statements", new Download("statements", "application/sql", "fix.%s.%s.sql"));

    /**
     * A kind of file.
     *
     * @param operation that returns its parts
     * @param name of the file, with places for the job's and the table's name
     */
    private record Download(String operation, String type, String name) {}

    /** What a request asks for. */
    private record Source(Download download, ObjectName comparison, String table) {
        CompositeData part(long from) throws JMException {
            return (CompositeData) ManagementFactory.getPlatformMBeanServer()
                    .invoke(comparison, download.operation, new Object[] {table, from, PART}, SIGNATURE);
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        var user = KnownUserFilter.user(request);
        var download = DOWNLOADS.get(String.valueOf(request.getPathInfo()));
        if (user == null || user.role() != Role.OPERATOR) {
            refuse(request, response, HttpServletResponse.SC_FORBIDDEN, "as " + (user == null ? "nobody" : user));
            return;
        }
        if (download == null) {
            refuse(request, response, HttpServletResponse.SC_NOT_FOUND, "no such download");
            return;
        }
        try {
            var source = new Source(
                    download,
                    comparison(request.getParameter("comparison")),
                    String.valueOf(request.getParameter("table")));
            Audit.as(CallerFilter.caller(request, user), () -> {
                send(source, response);
                return null;
            });
        } catch (JMException | JMRuntimeException e) {
            var reason = reason(e);
            refuse(request, response, HttpServletResponse.SC_NOT_FOUND, reason);
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().println(reason);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private static String reason(Exception failure) {
        if (failure instanceof MalformedObjectNameException) {
            return "not the name of a comparison";
        }
        if (failure instanceof InstanceNotFoundException) {
            return "the comparison is no longer kept";
        }
        return failure.getCause() == null
                ? failure.getMessage()
                : failure.getCause().getMessage();
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, int status, String reason) {
        request.setAttribute(RefusalLog.REASON, reason);
        response.setStatus(status);
    }

    /** Accepts only the name of a comparison's MBean. */
    private static ObjectName comparison(String written) throws JMException {
        var name = new ObjectName(String.valueOf(written));
        if (name.isPattern() || !Audit.isOurs(name) || !"Comparison".equals(name.getKeyProperty("type"))) {
            throw new MalformedObjectNameException();
        }
        return name;
    }

    private static void send(Source source, HttpServletResponse response) throws JMException, IOException {
        var part = source.part(0);
        response.setContentType(source.download.type + ";charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        var name = source.download
                .name
                .formatted(source.comparison.getKeyProperty("job"), source.table)
                .replaceAll("[^\\p{Alnum}._-]", "_");
        response.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
        var out = response.getOutputStream();
        out.write(bytes(part));
        while ((long) part.get("next") < (long) part.get("size")) {
            part = source.part((long) part.get("next"));
            out.write(bytes(part));
        }
    }

    private static byte[] bytes(CompositeData part) {
        return ((String) part.get("text")).getBytes(StandardCharsets.UTF_8);
    }
}
