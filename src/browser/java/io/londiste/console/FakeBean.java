package io.londiste.console;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.ObjectName;
import javax.management.ReflectionException;

/** An MBean with the attributes and operations that a test gives it, for states that are slow or hard to bring about. */
final class FakeBean implements DynamicMBean {
    private final Map<String, Object> attributes;
    private final Map<String, Function<Object[], Object>> operations = new HashMap<>();
    private final List<MBeanOperationInfo> infos = new ArrayList<>();

    FakeBean(Map<String, Object> attributes) {
        this.attributes = attributes;
    }

    /** @param parameters how many the operation has, all texts */
    FakeBean with(String operation, int parameters, Function<Object[], Object> does) {
        if (operations.put(operation, does) != null) {
            return this;
        }
        var texts = IntStream.range(0, parameters)
                .mapToObj(i -> new MBeanParameterInfo("p" + i, String.class.getName(), "a text"))
                .toArray(MBeanParameterInfo[]::new);
        infos.add(new MBeanOperationInfo(operation, operation, texts, Object.class.getName(), MBeanOperationInfo.INFO));
        return this;
    }

    void register(String name) throws JMException {
        ManagementFactory.getPlatformMBeanServer().registerMBean(this, new ObjectName(name));
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException {
        if (!attributes.containsKey(attribute)) {
            throw new AttributeNotFoundException(attribute);
        }
        return attributes.get(attribute);
    }

    @Override
    public void setAttribute(Attribute attribute) {
        attributes.put(attribute.getName(), attribute.getValue());
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        var list = new AttributeList();
        List.of(names).forEach(name -> list.add(new Attribute(name, attributes.get(name))));
        return list;
    }

    @Override
    public AttributeList setAttributes(AttributeList list) {
        list.asList().forEach(this::setAttribute);
        return list;
    }

    @Override
    public Object invoke(String operation, Object[] arguments, String[] signature) throws ReflectionException {
        var does = operations.get(operation);
        if (does == null) {
            throw new ReflectionException(new NoSuchMethodException(operation));
        }
        return does.apply(arguments);
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        var shown = attributes.keySet().stream()
                .map(name -> new MBeanAttributeInfo(name, Object.class.getName(), name, true, true, false))
                .toArray(MBeanAttributeInfo[]::new);
        var offered = infos.toArray(MBeanOperationInfo[]::new);
        return new MBeanInfo(FakeBean.class.getName(), "fake", shown, null, offered, null);
    }
}
