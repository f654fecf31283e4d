package assets

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Given the menu entry's actions, then their names are those of the app, in each of its
// languages.
func TestTheMenuEntrysActionsAreTranslatedAsTheApp(t *testing.T) {
	t.Parallel()
	actions, err := os.ReadFile("package/actions.desktop")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("translations/*.json")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		key := "Name[" + strings.TrimSuffix(filepath.Base(file), ".json") + "]="
		if key == "Name[en]=" {
			key = "Name="
		}
		for _, name := range []string{"Add account", "Settings"} {
			if line := key + texts[name].(string); !strings.Contains("\n"+string(actions), "\n"+line+"\n") {
				t.Errorf("no line %q", line)
			}
		}
	}
}
