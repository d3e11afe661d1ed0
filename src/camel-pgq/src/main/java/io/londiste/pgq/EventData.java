package io.londiste.pgq;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.BeanIntrospection.MethodInfo;
import org.apache.camel.support.PluginHelper;
import org.postgresql.util.PGobject;

/**
 * A message's body as an event's data: a map, a record or a bean as JSON, everything else as the text into which Camel converts
 * it.
 */
final class EventData {
    private EventData() {}

    /**
     * The data; null if the body is null.
     *
     * @throws IllegalArgumentException if the body contains itself
     */
    static String of(Exchange exchange, Object body) {
        CamelContext context = exchange.getContext();
        if (body instanceof Map) {
            return json(context, body);
        }
        String text = context.getTypeConverter().convertTo(String.class, exchange, body);
        // where Camel has a better conversion than toString(), it was wanted
        return isValue(body) || !body.toString().equals(text) ? text : json(context, body);
    }

    private static String json(CamelContext context, Object body) {
        return JsonText.of(body, bean -> isValue(bean) ? null : fields(context, bean));
    }

    /** Whether it has no fields of its own: the text is all of it. */
    private static boolean isValue(Object value) {
        return value == null
                || value instanceof CharSequence
                || value instanceof Enum
                || value instanceof PGobject
                || value.getClass().getName().startsWith("java.");
    }

    /** The fields of a record in their order, or the properties of a bean by name; null if it has none. */
    private static Map<String, Object> fields(CamelContext context, Object bean) {
        try {
            Map<String, Object> fields = bean instanceof Record ? new LinkedHashMap<>() : new TreeMap<>();
            if (bean instanceof Record) {
                for (RecordComponent component : bean.getClass().getRecordComponents()) {
                    fields.put(component.getName(), value(component.getAccessor(), bean));
                }
            } else {
                for (MethodInfo info :
                        PluginHelper.getBeanIntrospection(context).cacheClass(bean.getClass()).methods) {
                    if (Boolean.TRUE.equals(info.isGetter)) {
                        fields.put(info.getterOrSetterShorthandName, value(info.method, bean));
                    }
                }
            }
            return fields.isEmpty() ? null : fields;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot read " + bean.getClass().getName(), e);
        }
    }

    private static Object value(Method getter, Object bean) throws ReflectiveOperationException {
        getter.setAccessible(true);
        return getter.invoke(bean);
    }
}
