// Renders a chart as `helm template` does, for machines without Helm: text/template with sprig, Helm's own functions
// and Helm's merge of values. Not supported: dependencies, hooks, lookup, tpl and .Files, none of which the chart uses.
//
//	go run render.go RELEASE NAMESPACE CHART [VALUES.yaml ...]
//
// prints the rendered files after "# Source:" comments, or an error and exits with 1. Needs Debian's packages golang-go,
// golang-github-masterminds-sprig-dev and golang-k8s-sigs-yaml-dev: GO111MODULE=off GOPATH=/usr/share/gocode.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

// The fields of Chart.yaml that templates read; a name that is not here is an error, as in Helm.
type metadata struct {
	Name, Version, AppVersion, KubeVersion, Description, Type string
}

func main() {
	release, namespace, chart, overrides := os.Args[1], os.Args[2], os.Args[3], os.Args[4:]
	values := object{}
	for _, file := range append([]string{filepath.Join(chart, "values.yaml")}, overrides...) {
		layer := object{}
		read(file, &layer)
		merge(values, layer)
	}
	about := metadata{}
	read(filepath.Join(chart, "Chart.yaml"), &about)

	set := template.New("chart").Option("missingkey=zero")
	set.Funcs(functions(set))
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		_, err = set.New(nameOf(about, file)).Parse(string(text))
		check(err)
	}
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "_") {
			continue
		}
		name := nameOf(about, file)
		var out strings.Builder
		check(set.ExecuteTemplate(&out, name, object{
			"Values":       values,
			"Chart":        about,
			"Release":      object{"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
			"Capabilities": object{"KubeVersion": object{"Version": "v1.30.0", "Major": "1", "Minor": "30"}},
			"Template":     object{"Name": name, "BasePath": about.Name + "/templates"},
		}))
		text := strings.TrimSpace(strings.ReplaceAll(out.String(), "<no value>", ""))
		if text == "" || filepath.Ext(file) != ".yaml" {
			continue
		}
		fmt.Printf("---\n# Source: %s\n%s\n", name, text)
	}
}

func nameOf(about metadata, file string) string {
	return about.Name + "/templates/" + filepath.Base(file)
}

func functions(set *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := set.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	all["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	all["toJson"] = func(value interface{}) (string, error) {
		text, err := json.Marshal(value)
		return string(text), err
	}
	return all
}

// Merges values as Helm does: maps deeply, all else replaces, and null deletes a default.
func merge(into, from object) {
	for key, value := range from {
		inner, isMap := value.(object)
		outer, wasMap := into[key].(object)
		switch {
		case value == nil:
			delete(into, key)
		case isMap && wasMap:
			merge(outer, inner)
		default:
			into[key] = value
		}
	}
}

func read(file string, into interface{}) {
	text, err := os.ReadFile(file)
	check(err)
	check(yaml.Unmarshal(text, into))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
