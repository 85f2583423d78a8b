package lint

import (
	"go/ast"
	"go/token"
	"testing"
)

// TestExportedNamesAreDocumented holds every exported name of every package to a
// doc comment. Members of a group share the group's comment.
func TestExportedNamesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	folders := map[string]bool{}
	for _, file := range sources(t) {
		folders[file.dir] = true
		if file.syntax.Doc != nil {
			documented[file.dir] = true
		}
		for _, declaration := range file.syntax.Decls {
			for _, name := range undocumented(declaration) {
				at := file.fileSet.Position(name.Pos())
				t.Errorf("%s:%d: %s has no doc comment", file.name, at.Line, name.Name)
			}
		}
	}
	for folder := range folders {
		if !documented[folder] {
			t.Errorf("%s: the package has no package comment", folder)
		}
	}
}

func undocumented(declaration ast.Decl) []*ast.Ident {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d.Recv) && !fulfils(d) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return nil
		}
		var names []*ast.Ident
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						names = append(names, name)
					}
				}
			}
		}
		return names
	}
	return nil
}

// fulfils says whether a method belongs to one of the interfaces that everybody
// knows, whose own documentation then holds.
func fulfils(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return false
	}
	switch d.Name.Name {
	case "Error", "String", "Unwrap", "Is", "Len", "Less", "Swap":
		return true
	}
	return false
}

func exportedReceiver(receiver *ast.FieldList) bool {
	if receiver == nil {
		return true
	}
	expression := receiver.List[0].Type
	for {
		switch e := expression.(type) {
		case *ast.StarExpr:
			expression = e.X
		case *ast.IndexExpr:
			expression = e.X
		case *ast.IndexListExpr:
			expression = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return true
		}
	}
}
