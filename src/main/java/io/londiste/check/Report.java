package io.londiste.check;

import io.londiste.check.Finding.Level;
import io.londiste.db.Database;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import java.util.List;

/** Adds what is found about one database to the findings. */
record Report(Database database, List<Finding> findings) {
    void ok(String topic, String text) {
        add(topic, Level.OK, text);
    }

    void warning(String topic, String text) {
        add(topic, Level.WARNING, text);
    }

    void problem(String topic, String text) {
        add(topic, Level.PROBLEM, text);
    }

    private void add(String topic, Level level, String text) {
        findings.add(new Finding(database.role(), topic, level, text));
    }

    /** Runs a check. If it fails, that is a problem of its topic, and the result is false. */
    boolean attempt(String topic, Runnable check) {
        try {
            check.run();
            return true;
        } catch (LondisteException e) {
            problem(topic, Causes.message(e));
            return false;
        }
    }

    /** Reports problems, or, if there are none, what is fine. */
    void problems(String topic, List<String> problems, String fine) {
        problems.forEach(problem -> problem(topic, problem));
        if (problems.isEmpty()) {
            ok(topic, fine);
        }
    }
}
