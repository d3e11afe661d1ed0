package io.londiste.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecordTextTest {
    @Test
    void readsPlainEmptyAndNullFields() {
        assertThat(RecordText.fields("(1,abc,,\"\",t)")).containsExactly("1", "abc", null, "", "t");
    }

    @Test
    void readsQuotesAndBackslashes() {
        assertThat(RecordText.fields("(\"a,b\",\"say \"\"no\"\"\",\"back\\\\slash\",\"(x)\",\"\\\\x00ff\")"))
                .containsExactly("a,b", "say \"no\"", "back\\slash", "(x)", "\\x00ff");
    }

    @Test
    void readsNestedArraysAndRecords() {
        assertThat(RecordText.fields("(\"[2:3]={1,2}\",\"(1,\"\"a \"\"\"\"b\"\"\"\"\"\")\",\"{\"\"k\"\": null}\")"))
                .containsExactly("[2:3]={1,2}", "(1,\"a \"\"b\"\"\")", "{\"k\": null}");
    }

    @Test
    void aSingleNullFieldIsAField() {
        assertThat(RecordText.fields("()")).containsExactly((String) null);
    }

    @Test
    void refusesWhatIsNoRecord() {
        assertThatThrownBy(() -> RecordText.fields("1,2")).isInstanceOf(IllegalArgumentException.class);
    }
}
