package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/types"
)

// refusal is the error that a case expects.
type refusal struct {
	At        string  `json:"at"`
	Condition *string `json:"condition"`
	Message   string  `json:"message"`
}

// check compares an error with the expected one.
func (r *refusal) check(err error) error {
	want := "an error at " + r.At
	if r.Condition != nil {
		want += ", " + *r.Condition
	}
	refused, ok := errors.AsType[*structured.Error](err)
	if !ok {
		return &Difference{"refusal", want, fmt.Sprintf("%v", err)}
	}
	stage := refused.Stage.String()
	got := fmt.Sprintf("an error at %s, %s: %v", stage, refused.Condition, err)
	sameStage := stage == r.At || early(stage) && early(r.At) ||
		stage == "analysis" && r.At == "runtime" && r.named() // a constant that was computed early
	if !sameStage || r.named() && *r.Condition != refused.Condition {
		return &Difference{"refusal", want, got}
	}
	return nil
}

// named reports whether the condition has a lasting name.
func (r *refusal) named() bool {
	return r.Condition != nil && *r.Condition != "" && !strings.HasPrefix(*r.Condition, "_LEGACY_ERROR_TEMP_")
}

// early are the stages before any data is read, which count as one.
func early(stage string) bool { return stage == "parse" || stage == "analysis" || stage == "planning" }

// options are a session's for the settings of a case.
func options(conf map[string]string) (structured.Options, error) {
	o := structured.Options{TimeZone: "UTC", Partitions: 2}
	for key, value := range conf {
		switch key {
		case "spark.sql.session.timeZone":
			o.TimeZone = value
		case "spark.sql.ansi.enabled":
			o.LaxSQL = value == "false"
		case "spark.sql.streaming.noDataMicroBatches.enabled":
			o.SkipEmptyBatches = value == "false"
		case "spark.sql.streaming.multipleWatermarkPolicy":
			if value == "max" {
				o.Watermarks = structured.MaxWatermark
			}
		default:
			return o, fmt.Errorf("can't be run: the setting %s=%s has no counterpart", key, value)
		}
	}
	return o, nil
}

// writeRows writes rows as a file of JSON lines, which appears whole.
func writeRows(directory, name string, schema types.Schema, rows [][]any) error {
	var text bytes.Buffer
	for _, row := range rows {
		members := make([]string, 0, len(row))
		for i, value := range row {
			key, err := json.Marshal(schema.Fields[i].Name)
			if err != nil {
				return err
			}
			data, err := json.Marshal(member(schema.Fields[i].Type, value))
			if err != nil {
				return err
			}
			members = append(members, string(key)+":"+string(data))
		}
		text.WriteString("{" + strings.Join(members, ",") + "}\n")
	}
	hidden := filepath.Join(directory, "."+name)
	if err := os.WriteFile(hidden, text.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(hidden, filepath.Join(directory, name))
}

// member is a value of a case as a JSON source reads it.
func member(t types.Type, value any) any {
	switch t.Kind() {
	case types.KindDecimal:
		if digits, ok := value.(string); ok {
			return json.Number(digits)
		}
	case types.KindArray:
		if list, ok := value.([]any); ok {
			out := make([]any, len(list))
			for i := range list {
				out[i] = member(t.Element(), list[i])
			}
			return out
		}
	case types.KindMap:
		if list, ok := value.([]any); ok {
			out := map[string]any{}
			for _, entry := range list {
				pair := entry.([]any)
				out[fmt.Sprint(pair[0])] = member(t.Value(), pair[1])
			}
			return out
		}
	case types.KindStruct:
		if fields, ok := value.(map[string]any); ok {
			out := map[string]any{}
			for _, field := range t.Fields() {
				out[field.Name] = member(field.Type, fields[field.Name])
			}
			return out
		}
	}
	return value
}

// compareColumns compares names and types; a name that Spark made up counts for
// nothing.
func compareColumns(want [][2]string, got types.Schema, query string) error {
	var wanted, gotten []string
	for _, column := range want {
		wanted = append(wanted, column[0]+" "+column[1])
	}
	for _, field := range got.Fields {
		gotten = append(gotten, field.Name+" "+field.Type.String())
	}
	differ := &Difference{"columns", strings.Join(wanted, ", "), strings.Join(gotten, ", ")}
	if len(want) != got.Len() {
		return differ
	}
	for i, column := range want {
		if column[1] != got.Fields[i].Type.String() || column[0] != got.Fields[i].Name && written(column[0], query) {
			return differ
		}
	}
	return nil
}

var isWord = regexp.MustCompile(`^\pL\w*$`)

// written reports whether a name stands in the query, and so is one that it gives. What is
// no word is a name only between backquotes.
func written(name, query string) bool {
	if !isWord.MatchString(name) {
		name = "`" + name + "`"
	}
	return strings.Contains(strings.ToLower(query), strings.ToLower(name))
}
