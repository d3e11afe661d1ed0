package io.londiste.jmx;

import io.londiste.error.Causes;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.InvalidAttributeValueException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ReflectionException;
import javax.management.StandardEmitterMBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standard MBean with descriptions from the {@link Describe} annotations of its interface and with the names of
 * parameters. Throws only exceptions of the JDK, so that every client can deserialize them. Safe for use by several threads
 * if the implementation is.
 */
final class DescribedMBean extends StandardEmitterMBean {
    private static final Logger LOG = LoggerFactory.getLogger(DescribedMBean.class);

    /** One for all MBeans of an interface, of which there may be thousands. */
    private static final Map<Class<?>, MBeanInfo> INFOS = new ConcurrentHashMap<>();

    private DescribedMBean(Object implementation, Class<Object> type, MBeanNotificationInfo... notifications) {
        super(implementation, type, new NotificationBroadcasterSupport(notifications));
    }

    /** @param notifications the notifications that it sends */
    @SuppressWarnings("unchecked") // the signature ensures that the implementation has this type
    static <T> DescribedMBean of(T implementation, Class<T> type, MBeanNotificationInfo... notifications) {
        return new DescribedMBean(implementation, (Class<Object>) type, notifications);
    }

    @Override
    protected MBeanInfo getCachedMBeanInfo() {
        return INFOS.get(getMBeanInterface());
    }

    @Override
    protected void cacheMBeanInfo(MBeanInfo info) {
        if (info != null) {
            INFOS.put(getMBeanInterface(), info);
        }
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return getMBeanInterface().getAnnotation(Describe.class).value();
    }

    @Override
    protected String getDescription(MBeanFeatureInfo info) {
        return info.getDescription();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return methods("get" + info.getName(), "is" + info.getName())
                .map(DescribedMBean::description)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(info.getName());
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        return operation(info).flatMap(DescribedMBean::description).orElse(info.getName());
    }

    @Override
    protected int getImpact(MBeanOperationInfo info) {
        return info.getReturnType().endsWith("CompositeData;") ? MBeanOperationInfo.INFO : MBeanOperationInfo.ACTION;
    }

    @Override
    protected String getParameterName(MBeanOperationInfo info, MBeanParameterInfo parameter, int number) {
        return parameter(info, number).map(Parameter::getName).orElse(parameter.getName());
    }

    @Override
    protected String getDescription(MBeanOperationInfo info, MBeanParameterInfo parameter, int number) {
        return parameter(info, number)
                .map(each -> each.getAnnotation(Describe.class))
                .map(Describe::value)
                .orElse(parameter.getName());
    }

    private Stream<Method> methods(String... names) {
        return Arrays.stream(getMBeanInterface().getMethods())
                .filter(method -> Arrays.asList(names).contains(method.getName()));
    }

    private Optional<Method> operation(MBeanOperationInfo info) {
        return methods(info.getName())
                .filter(method -> method.getParameterCount() == info.getSignature().length)
                .findFirst();
    }

    private Optional<Parameter> parameter(MBeanOperationInfo info, int number) {
        return operation(info).map(method -> method.getParameters()[number]);
    }

    private static Optional<String> description(Method method) {
        return Optional.ofNullable(method.getAnnotation(Describe.class)).map(Describe::value);
    }

    @Override
    public Object invoke(String operation, Object[] arguments, String[] signature)
            throws MBeanException, ReflectionException {
        try {
            return super.invoke(operation, arguments, signature);
        } catch (RuntimeException e) {
            throw plain(operation, e);
        }
    }

    @Override
    public Object getAttribute(String attribute)
            throws AttributeNotFoundException, MBeanException, ReflectionException {
        try {
            return super.getAttribute(attribute);
        } catch (RuntimeException e) {
            throw plain(attribute, e);
        }
    }

    @Override
    public void setAttribute(Attribute attribute)
            throws AttributeNotFoundException, InvalidAttributeValueException, MBeanException, ReflectionException {
        try {
            super.setAttribute(attribute);
        } catch (RuntimeException e) {
            throw plain(attribute.getName(), e);
        }
    }

    private static IllegalStateException plain(String what, RuntimeException error) {
        LOG.debug("{}", what, error);
        return new IllegalStateException(Causes.message(error));
    }
}
