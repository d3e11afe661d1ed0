package io.londiste.jmx;

import io.londiste.change.TableName;
import io.londiste.table.TableState;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;

/**
 * Converts records to composite data, which every JMX client can read. Items have the names of the record's components.
 * The items of a nested record become items of the outer one; a duration becomes seconds, with {@code Seconds} appended to
 * the name; absent values are null.
 */
final class Composites {
    /** Classes that are converted by {@code toString}. */
    private static final Set<Class<?>> TEXT = Set.of(String.class, TableName.class, TableState.class, Path.class);

    private static final Map<Class<?>, OpenType<?>> SIMPLE = Map.of(
            boolean.class, SimpleType.BOOLEAN,
            Boolean.class, SimpleType.BOOLEAN,
            int.class, SimpleType.INTEGER,
            Integer.class, SimpleType.INTEGER,
            long.class, SimpleType.LONG,
            Long.class, SimpleType.LONG,
            double.class, SimpleType.DOUBLE,
            Double.class, SimpleType.DOUBLE);

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return shape(type);
        }
    };

    /** An item: the getter reads it from the record, the opener converts it to an open value. */
    private record Item(String name, OpenType<?> type, UnaryOperator<Object> getter, UnaryOperator<Object> opener) {
        Object of(Record record) {
            var value = getter.apply(record);
            return value == null ? null : opener.apply(value);
        }

        /** The same item, read from an outer record that contains this item's record. */
        Item within(UnaryOperator<Object> outer) {
            return new Item(
                    name,
                    type,
                    record -> {
                        var part = outer.apply(record);
                        return part == null ? null : getter.apply(part);
                    },
                    opener);
        }
    }

    private record Shape(CompositeType type, List<Item> items) {}

    private Composites() {}

    /** Null for null. */
    static CompositeData of(Record record) {
        if (record == null) {
            return null;
        }
        var shape = SHAPES.get(record.getClass());
        var names = shape.items.stream().map(Item::name).toArray(String[]::new);
        var values = shape.items.stream().map(item -> item.of(record)).toArray();
        try {
            return new CompositeDataSupport(shape.type, names, values);
        } catch (OpenDataException e) {
            throw new IllegalStateException(record.getClass().toString(), e);
        }
    }

    static CompositeData[] of(Collection<? extends Record> records) {
        return records.stream().map(Composites::of).toArray(CompositeData[]::new);
    }

    private static Shape shape(Class<?> type) {
        var items = new ArrayList<Item>();
        for (var component : type.getRecordComponents()) {
            items.addAll(items(component));
        }
        var names = items.stream().map(Item::name).toArray(String[]::new);
        var types = items.stream().map(Item::type).toArray(OpenType<?>[]::new);
        try {
            return new Shape(
                    new CompositeType("io.londiste." + type.getSimpleName(), type.getSimpleName(), names, names, types),
                    items);
        } catch (OpenDataException e) {
            throw new IllegalStateException(type.toString(), e);
        }
    }

    private static List<Item> items(RecordComponent component) {
        var type = component.getType();
        var name = component.getName();
        UnaryOperator<Object> getter = record -> get(component, record);
        if (SIMPLE.containsKey(type)) {
            return List.of(new Item(name, SIMPLE.get(type), getter, UnaryOperator.identity()));
        }
        if (type == Duration.class) {
            return List.of(new Item(name + "Seconds", SimpleType.DOUBLE, getter, time -> seconds((Duration) time)));
        }
        if (type == Instant.class) {
            return List.of(new Item(name, SimpleType.DATE, getter, time -> Date.from((Instant) time)));
        }
        if (type == List.class) {
            return List.of(list(name, ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0])
                    .within(getter));
        }
        if (type.isRecord() && !TEXT.contains(type)) {
            return SHAPES.get(type).items.stream()
                    .map(item -> item.within(getter))
                    .toList();
        }
        return List.of(new Item(name, SimpleType.STRING, getter, Object::toString));
    }

    private static Item list(String name, Type element) {
        var type = (Class<?>) element;
        if (TEXT.contains(type)) {
            return new Item(name, array(SimpleType.STRING), UnaryOperator.identity(), list -> ((List<?>) list)
                    .stream().map(Object::toString).toArray(String[]::new));
        }
        return new Item(
                name,
                array(SHAPES.get(type).type),
                UnaryOperator.identity(),
                list -> of(((List<?>) list).stream().map(Record.class::cast).toList()));
    }

    private static OpenType<?> array(OpenType<?> element) {
        try {
            return new ArrayType<>(1, element);
        } catch (OpenDataException e) {
            throw new IllegalStateException(element.toString(), e);
        }
    }

    /** Null for null. */
    static Double seconds(Duration time) {
        return time == null ? null : time.toMillis() / 1000.0;
    }

    /** Null for null. */
    static Date date(Instant time) {
        return time == null ? null : Date.from(time);
    }

    private static Object get(RecordComponent component, Object record) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component.toString(), e);
        }
    }
}
