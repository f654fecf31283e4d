package language

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
)

// root is the repository's.
const root = "../../.."

// sentence is what the source says: its words for many, and those for one where
// it depends on a number.
type sentence struct{ many, one string }

// sentences reads every words.Say and words.Count of the repository, and the
// tables of advice and settings.
func sentences(t *testing.T) map[string]sentence {
	t.Helper()
	said := map[string]sentence{}
	for _, text := range slices.Concat(advice.Sentences(), settings.Sentences()) {
		said[text] = sentence{many: text}
	}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "build") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := filepath.Base(filepath.Dir(path))
		mayCompute := room == "advice" || room == "settings" // their tables were read above
		ast.Inspect(file, func(n ast.Node) bool {
			call, name := wordsCall(n)
			if call == nil {
				return true
			}
			s, ok := sentenceOf(call, name)
			switch {
			case ok:
				said[s.many] = s
			case !mayCompute:
				t.Errorf("%s: words.%s of something that is no literal", files.Position(call.Pos()), name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// wordsCall is a call of words.Say or words.Count; nil for anything else.
func wordsCall(n ast.Node) (call *ast.CallExpr, name string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, ""
	}
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil, ""
	}
	from, ok := function.X.(*ast.Ident)
	if !ok || from.Name != "words" || function.Sel.Name != "Say" && function.Sel.Name != "Count" {
		return nil, ""
	}
	return call, function.Sel.Name
}

func sentenceOf(call *ast.CallExpr, name string) (sentence, bool) {
	if name == "Say" {
		text, ok := literal(call.Args[0])
		return sentence{many: text}, ok
	}
	one, ok := literal(call.Args[1])
	many, alsoOK := literal(call.Args[2])
	return sentence{many, one}, ok && alsoOK
}

func literal(e ast.Expr) (string, bool) {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}
