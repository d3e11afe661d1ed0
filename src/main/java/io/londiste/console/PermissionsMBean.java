package io.londiste.console;

import io.hawt.jmx.JMXSecurity;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;

/** Provides Hawtio's pages with the permissions of the signed-in user, so that they offer only what is allowed. */
final class PermissionsMBean extends JMXSecurity {
    private final Permissions permissions;

    PermissionsMBean(Permissions permissions) {
        this.permissions = permissions;
    }

    @Override
    public boolean canInvoke(String name) {
        return true;
    }

    @Override
    public boolean canInvoke(String name, String operation) {
        try {
            return permissions.mayExecute(new ObjectName(name), operation);
        } catch (MalformedObjectNameException e) {
            return false;
        }
    }

    @Override
    public boolean canInvoke(String name, String operation, String[] types) {
        return canInvoke(name, operation + "(" + String.join(",", types) + ")");
    }

    @Override
    public TabularData canInvoke(Map<String, List<String>> questions) throws OpenDataException {
        var answers = new TabularDataSupport(CAN_INVOKE_TABULAR_TYPE);
        for (var question : questions.entrySet()) {
            var operations = question.getValue();
            for (var operation : operations.isEmpty() ? List.of("") : operations) {
                boolean may = operation.isEmpty() || canInvoke(question.getKey(), operation);
                answers.put(new CompositeDataSupport(
                        CAN_INVOKE_RESULT_ROW_TYPE,
                        CAN_INVOKE_RESULT_COLUMNS,
                        Stream.of(question.getKey(), operation, may).toArray()));
            }
        }
        return answers;
    }
}
