package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// byteOrderMark is what Windows' Notepad may put in front.
var byteOrderMark = []byte("\ufeff")

var errChangedMeanwhile = errors.New("the file was changed meanwhile")

// cutSecrets removes secrets from a JSON document and keeps everything else as it is. If
// one of them no longer has the value that is known, it changes nothing: a newer value
// belongs to the tool.
func cutSecrets(data []byte, secrets []placedSecret) ([]byte, error) {
	body := bytes.TrimPrefix(data, byteOrderMark)
	if !gjson.ValidBytes(body) {
		return nil, errChangedMeanwhile
	}
	mark := slices.Clone(data[:len(data)-len(body)])
	for _, s := range secrets {
		where := jsonPath(s.path, "")
		if jsonText([]byte(gjson.GetBytes(body, where).Raw)) != s.value.Reveal() {
			return nil, errChangedMeanwhile
		}
		cut, err := sjson.DeleteBytes(body, jsonPath(s.path, ":"))
		if err != nil || gjson.GetBytes(cut, where).Exists() { // there twice, or spelled with escapes
			return nil, errors.New("a secret can't be removed from it")
		}
		body = cut
	}
	return append(mark, body...), nil
}

// setSecrets writes secrets into a JSON document.
func setSecrets(data []byte, secrets ...placedSecret) ([]byte, error) {
	body := bytes.TrimPrefix(data, byteOrderMark)
	mark := slices.Clone(data[:len(data)-len(body)])
	for _, s := range secrets {
		set, err := sjson.SetBytes(body, jsonPath(s.path, ":"), s.value.Reveal())
		if err != nil || jsonText([]byte(gjson.GetBytes(set, jsonPath(s.path, "")).Raw)) != s.value.Reveal() {
			return nil, errors.New("the renewed token can't be written into it")
		}
		body = set
	}
	return append(mark, body...), nil
}

// jsonPath is a path for gjson or sjson. In sjson's, a colon marks a name that begins
// with one.
func jsonPath(path []string, colon string) string {
	names := make([]string, 0, len(path))
	for _, name := range path {
		name = gjson.Escape(name)
		if strings.HasPrefix(strings.TrimPrefix(name, "\\"), ":") {
			name = colon + name
		}
		names = append(names, name)
	}
	return strings.Join(names, ".")
}

// jsonText is the text of a JSON string, "" for everything else.
func jsonText(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}
